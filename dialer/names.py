"""The pseudonyms of tenants under one secret. Whoever opens a ledger derives them here, or finds nobody in it again."""

from __future__ import annotations

import hmac
from functools import lru_cache

from cadencia.dialer.request import Names
from cadencia.store.identity import Pseudonyms, Scope

_SALT = 16


def names_of(secret: bytes, consortium: str = "") -> Names:
    """The pseudonyms of each tenant under a ledger's secret, or those of the consortium that all its tenants belong to.
    The salts are derived from the secret."""
    if consortium:
        shared = _pseudonyms(secret, Scope.consortium, consortium)
        return lambda tenant: shared
    return lru_cache(lambda tenant: _pseudonyms(secret, Scope.tenant, tenant))


def _pseudonyms(secret: bytes, scope: Scope, name: str) -> Pseudonyms:
    text = b"cadencia salt of a " + scope.value + b"\0" + name.encode("utf-8", "surrogatepass")
    return Pseudonyms(secret, scope, name, hmac.digest(secret, text, "sha256")[:_SALT])
