"""Keys of producers: shown once, kept as a hash, of one environment, with scopes, an end and a list of addresses."""

from __future__ import annotations

import base64
import hashlib
import hmac
import ipaddress
from functools import lru_cache
from typing import Literal

import msgspec

from cadencia.api.audit import recorded
from cadencia.api.problem import Problem
from cadencia.api.roles import scopes_of
from cadencia.store.identity import Entropy
from cadencia.store.records import Put, Records

Environment = Literal["test", "live"]
#: Whose records keys are, for a key must be found before its tenant is known; of which kind; and that of the tenant's
#: own records which say only that there is one.
HOUSE, KIND, LISTED = "", "key", "key_listed"
_ID_BYTES, _SECRET_BYTES = 9, 32
_ID = 12  # characters of it in a key
_SECRET = 43


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """What is kept of a key. id: `ky_` and what the key shows of itself; digest: SHA-256 of the whole key. Instants in
    microseconds since 1970; ends: the first one at which it is no longer taken. scopes: if there are any, it has no
    others of its roles. follows: the key that it was made to replace."""

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
    scopes: tuple[str, ...] = ()
    follows: str = ""

    @property
    def may(self) -> frozenset[str]:
        """The scopes that it has."""
        given = scopes_of(self.roles)
        return given & frozenset(self.scopes) if self.scopes else given


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
        ends: int | None = None, addresses: tuple[str, ...] = (), scopes: tuple[str, ...] = (), by: str = "",
    ) -> tuple[str, Kept]:  # fmt: skip
        """A new key, to be shown this once, and what is kept of it. KeyError for a role that is none, ValueError for
        an address that is none. by: who makes it."""
        scopes_of(roles)
        for address in addresses:
            network_of(address)
        like = Kept(id="", tenant=tenant, environment=environment, roles=roles, digest="", label=label, ends=ends,
                    addresses=addresses, scopes=scopes)  # fmt: skip
        return await self._make(like, [], at, by)

    async def rotate(self, kept: Kept, version: int, *, ends: int, at: int, by: str = "") -> tuple[str, Kept]:
        """A new key that may do the same as one that ends then, or before that already. MovedError."""
        former = msgspec.structs.replace(kept, ends=ends if kept.ends is None else min(ends, kept.ends))
        made = await self._make(msgspec.structs.replace(kept, follows=kept.id), [_put(former, version)], at, by)
        self._known.pop(kept.id, None)
        return made

    async def change(self, kept: Kept, version: int, *, at: int, by: str = "") -> None:
        """Revokes, ends or narrows a key, here at once. version: of the one that was read; MovedError."""
        await self._records.write(HOUSE, [_put(kept, version)], at=at)
        self._known.pop(kept.id, None)
        await self._record(kept, "key.changed", [], at, by)

    async def of(self, tenant: str, id: str) -> tuple[Kept, int] | None:
        """What is kept of a tenant's key, and its version."""
        document = await self._records.get(HOUSE, KIND, id)
        kept = None if document is None else msgspec.json.decode(document.body, type=Kept)
        return None if document is None or kept is None or kept.tenant != tenant else (kept, document.version)

    async def all(self, tenant: str, *, after: int, limit: int) -> tuple[list[Kept], int | None]:
        """A tenant's keys in the order in which they were made, and after which place more follow."""
        listed = await self._records.page(tenant, LISTED, after=after, limit=limit)
        found = [await self.of(tenant, one.id) for one in listed]
        return [one[0] for one in found if one is not None], listed[-1].n if len(listed) == limit else None

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

    async def _make(self, like: Kept, others: list[Put], at: int, by: str) -> tuple[str, Kept]:
        shown, secret = _text(self._entropy(_ID_BYTES)), _text(self._entropy(_SECRET_BYTES))
        key = f"{like.environment}_{shown}{secret}"
        kept = msgspec.structs.replace(like, id=f"ky_{shown}", digest=_digest(key).hex(), made=at)
        await self._record(kept, "key.made", [Put(LISTED, kept.id, b"{}")], at, by)
        await self._records.write(HOUSE, [*others, _put(kept, 0)], at=at)
        return key, kept

    async def _record(self, kept: Kept, did: str, puts: list[Put], at: int, by: str) -> None:
        """In the audit. What the house itself does, at a start or on its command line, is in no tenant's."""
        if by:
            line, event = recorded(self._entropy, at, who=by, did=did, what=kept.id)
            await self._records.write(kept.tenant, [*puts, line], [event], at=at)
        elif puts:
            await self._records.write(kept.tenant, puts, at=at)

    async def _look(self, id: str, now: int) -> tuple[int, bytes, Kept, Principal]:
        document = await self._records.get(HOUSE, KIND, id) if id.isprintable() else None
        if document is None:
            raise _unauthenticated()
        kept = msgspec.json.decode(document.body, type=Kept)
        if len(self._known) >= self._most:
            self._known.clear()
        principal = Principal(tenant=kept.tenant, environment=kept.environment, scopes=kept.may,
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
    mapped = one.ipv4_mapped if isinstance(one, ipaddress.IPv6Address) else None
    return any((mapped or one) in network_of(network) for network in networks)


@lru_cache(maxsize=4_096)
def network_of(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network:
    """A network, or one address, as it is written in a key's list. ValueError."""
    return ipaddress.ip_network(text)


def _put(kept: Kept, expected: int) -> Put:
    return Put(kind=KIND, id=kept.id, body=msgspec.json.encode(kept), expected=expected)


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
