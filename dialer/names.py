"""The pseudonyms of tenants under one secret. Whoever opens a ledger derives them here, or finds nobody in it again."""

from __future__ import annotations

import hmac
from functools import lru_cache

from cadencia.dialer.request import Names
from cadencia.store.identity import Pseudonyms, Scope

_SALT = 16


def names_of(secret: bytes) -> Names:
    """The pseudonyms of each tenant under a ledger's secret; the tenant's salt is derived from it."""

    @lru_cache
    def names(tenant: str) -> Pseudonyms:
        salt = hmac.digest(secret, b"cadencia salt of a tenant\0" + tenant.encode("utf-8", "surrogatepass"), "sha256")
        return Pseudonyms(secret, Scope.tenant, tenant, salt[:_SALT])

    return names
