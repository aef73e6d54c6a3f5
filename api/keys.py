"""Keys of producers: shown once, kept as a hash, of one environment, with scopes, an end and a list of addresses."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from typing import Literal

import msgspec

from cadencia.api.problem import Problem
from cadencia.api.roles import scopes_of
from cadencia.store.identity import Entropy
from cadencia.store.records import Put, Records

Environment = Literal["test", "live"]
#: Whose records keys are, and of which kind.
HOUSE, KIND = "", "key"
_ID_BYTES, _SECRET_BYTES = 9, 32
_ID = 12  # characters of it in a key
_SECRET = 43


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a key. id: `ky_` and what the key shows of itself; digest: SHA-256 of the whole key. Instants in
    microseconds since 1970; ends: the first one at which it is no longer taken."""

    id: str
    tenant: str
    environment: Environment
    roles: tuple[str, ...]
    digest: str
    label: str = ""
    made: int = 0
    ends: int | None = None
    revoked: bool = False
    addresses: tuple[str, ...] = ()


class Principal(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks. who: the id of the key or user."""

    tenant: str
    environment: Environment
    scopes: frozenset[str]
    roles: tuple[str, ...]
    who: str


class Keyring:
    """Gives out keys, kept in the house's records, and knows them again. What is known of a key is asked anew after
    `fresh_us`, so a revoked one is taken no longer than that by other processes."""

    def __init__(self, records: Records, entropy: Entropy, *, fresh_us: int = 2_000_000, most: int = 10_000) -> None:
        self._records, self._entropy, self._fresh_us, self._most = records, entropy, fresh_us, most
        self._known: dict[str, tuple[int, bytes, Kept, Principal]] = {}

    async def give(
        self, tenant: str, environment: Environment, roles: tuple[str, ...], *, at: int, label: str = "",
        ends: int | None = None, addresses: tuple[str, ...] = (),
    ) -> tuple[str, Kept]:  # fmt: skip
        """A new key, to be shown this once, and what is kept of it. KeyError for a role that is none, ValueError for
        an address that is none."""
        scopes_of(roles)
        for address in addresses:
            ipaddress.ip_network(address)
        shown, secret = _text(self._entropy(_ID_BYTES)), _text(self._entropy(_SECRET_BYTES))
        key = f"{environment}_{shown}{secret}"
        kept = Kept(id=f"ky_{shown}", tenant=tenant, environment=environment, roles=roles, digest=_digest(key).hex(),
                    label=label, made=at, ends=ends, addresses=addresses)  # fmt: skip
        await self._write(kept, at)
        return key, kept

    async def change(self, kept: Kept, *, at: int) -> None:
        """Revokes, ends or narrows a key, here at once."""
        await self._write(kept, at)
        self._known.pop(kept.id, None)

    async def principal(self, header: str | None, address: str, now: int) -> Principal:
        """Whose key the header Authorization has. Problem: unauthenticated, address_not_allowed."""
        key = header[7:] if header is not None and header[:7].lower() == "bearer " else ""
        shown = key[5 : 5 + _ID]
        if len(key) != 5 + _ID + _SECRET or not key.isascii():
            raise _unauthenticated()
        known = self._known.get(f"ky_{shown}")
        if known is None or now >= known[0]:
            known = await self._look(f"ky_{shown}", now)
        _, digest, kept, principal = known
        over = kept.revoked or (kept.ends is not None and now >= kept.ends)
        if over or not hmac.compare_digest(digest, _digest(key)):
            raise _unauthenticated()
        if kept.addresses and not _within(address, kept.addresses):
            raise Problem("address_not_allowed")
        return principal

    async def _write(self, kept: Kept, at: int) -> None:
        await self._records.write(HOUSE, [Put(kind=KIND, id=kept.id, body=msgspec.json.encode(kept))], at=at)

    async def _look(self, id: str, now: int) -> tuple[int, bytes, Kept, Principal]:
        document = await self._records.get(HOUSE, KIND, id) if id.isprintable() else None
        if document is None:
            raise _unauthenticated()
        kept = msgspec.json.decode(document.body, type=Kept)
        if len(self._known) >= self._most:
            self._known.clear()
        principal = Principal(tenant=kept.tenant, environment=kept.environment, scopes=scopes_of(kept.roles),
                              roles=kept.roles, who=kept.id)  # fmt: skip
        found = self._known[id] = (now + self._fresh_us, bytes.fromhex(kept.digest), kept, principal)
        return found


def _unauthenticated() -> Problem:
    return Problem("unauthenticated", headers=[("WWW-Authenticate", 'Bearer realm="cadencia"')])


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()


def _within(address: str, networks: tuple[str, ...]) -> bool:
    try:
        one = ipaddress.ip_address(address)
    except ValueError:
        return False
    return any(one in ipaddress.ip_network(network) for network in networks)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
