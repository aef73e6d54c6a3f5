"""Keys: made, listed, narrowed, rotated with an overlap, revoked."""

from __future__ import annotations

from datetime import datetime

import msgspec

from cadencia.api import keys
from cadencia.api.call import Answer, Call
from cadencia.api.keys import Kept
from cadencia.api.problem import Problem, invalid
from cadencia.api.route import Route
from cadencia.api.wire.keys import Key, Keys, Listing, Made, Making, Narrowing, Rotating
from cadencia.store.projection import MICROSECONDS, as_datetime, as_instant

#: Rules are written and approved by people who sign in: whoever gives out keys could else approve with one of them.
NOT_FOR_KEYS = frozenset({"rule_author", "rule_approver"})


async def make(call: Call) -> Answer:
    """A new key of this tenant."""
    told: Making = call.body
    if NOT_FOR_KEYS & set(told.roles):
        raise invalid("/roles", "not_for_keys")
    environment = told.environment or call.principal.environment
    if environment == "live" and call.principal.environment != "live":
        raise invalid("/environment", "live_from_test")
    _check_networks(told.addresses)
    key, kept = await call.parts.keys.give(
        call.principal.tenant, environment, told.roles, at=call.now, label=told.label, ends=_end(call, told.ends_at),
        addresses=told.addresses, scopes=told.scopes, by=call.principal.who,
    )  # fmt: skip
    return Answer(Made(secret=key, key=shown(kept)), status=201)


async def listed(call: Call) -> Answer:
    """This tenant's keys."""
    page: Listing = call.query
    found, more = await call.parts.keys.all(call.principal.tenant, after=page.after, limit=page.limit)
    return Answer(Keys(keys=tuple(shown(kept) for kept in found), next=more))


async def get(call: Call) -> Answer:
    """One key."""
    kept, _ = await _kept(call)
    return Answer(shown(kept))


async def narrow(call: Call) -> Answer:
    """Another label, end or list of addresses."""
    told: Narrowing = call.body
    kept, version = await _kept(call)
    if told.addresses is not msgspec.UNSET:
        _check_networks(told.addresses)
        kept = msgspec.structs.replace(kept, addresses=told.addresses)
    if told.ends_at is not msgspec.UNSET:
        kept = msgspec.structs.replace(kept, ends=_end(call, told.ends_at))
    if told.label is not msgspec.UNSET:
        kept = msgspec.structs.replace(kept, label=told.label)
    await call.parts.keys.change(kept, version, at=call.now, by=call.principal.who)
    return Answer(shown(kept))


async def rotate(call: Call) -> Answer:
    """A new key that may do the same; the former one ends."""
    told: Rotating = call.body
    kept, version = await _kept(call)
    over = call.now + told.overlap_s * MICROSECONDS
    if kept.revoked or (kept.ends is not None and kept.ends <= call.now):
        raise Problem("key_ended")
    for scope in ("rules", "approve"):
        if scope in kept.may and scope not in call.principal.scopes:
            raise Problem("scope_missing", values={"scope": scope})
    key, new = await call.parts.keys.rotate(kept, version, ends=over, at=call.now, by=call.principal.who)
    return Answer(Made(secret=key, key=shown(new)), status=201)


async def revoke(call: Call) -> Answer:
    """Not taken any more: here at once, by other processes within two seconds."""
    kept, version = await _kept(call)
    revoked = msgspec.structs.replace(kept, revoked=True)
    await call.parts.keys.change(revoked, version, at=call.now, by=call.principal.who)
    return Answer(shown(revoked))


def shown(kept: Kept) -> Key:
    """What a client sees of a key."""
    return Key(
        id=kept.id, prefix=f"{kept.environment}_{kept.id.removeprefix('ky_')}", environment=kept.environment,
        roles=kept.roles, scopes=tuple(sorted(kept.may)), label=kept.label, made_at=as_datetime(kept.made),
        ends_at=None if kept.ends is None else as_datetime(kept.ends), revoked=kept.revoked, addresses=kept.addresses,
        follows=kept.follows,
    )  # fmt: skip


async def _kept(call: Call) -> tuple[Kept, int]:
    id = call.values["id"]
    found = await call.parts.keys.of(call.principal.tenant, id) if 0 < len(id) <= 255 else None
    if found is None:
        raise Problem("not_found")
    return found


def _end(call: Call, ends_at: datetime | None) -> int | None:
    ends = None if ends_at is None else as_instant(ends_at)
    if ends is not None and ends <= call.now:
        raise invalid("/ends_at", "not_in_future")
    return ends


def _check_networks(addresses: tuple[str, ...]) -> None:
    for n, address in enumerate(addresses):
        try:
            keys.network_of(address)
        except ValueError:
            raise invalid(f"/addresses/{n}", "not_a_network") from None


ROUTES = (
    Route(method="POST", path="/v1/keys", handler=make, scope="admin", body=Making, answer=Made, status=201,
          needs_key=True, summary="Make a key; it is shown this once"),
    Route(method="GET", path="/v1/keys", handler=listed, scope="admin", query=Listing, answer=Keys,
          summary="All keys"),
    Route(method="GET", path="/v1/keys/{id}", handler=get, scope="admin", answer=Key, summary="One key"),
    Route(method="PATCH", path="/v1/keys/{id}", handler=narrow, scope="admin", body=Narrowing, answer=Key,
          needs_key=True, problems=("moved",), summary="Change a key's label, end or addresses"),
    Route(method="POST", path="/v1/keys/{id}:rotate", handler=rotate, scope="admin", body=Rotating, answer=Made,
          status=201, needs_key=True, may_be_empty=True, problems=("moved", "key_ended"),
          summary="Make a key in place of another, which is taken for a while yet"),
    Route(method="POST", path="/v1/keys/{id}:revoke", handler=revoke, scope="admin", answer=Key, needs_key=True,
          problems=("moved",), summary="Revoke a key"),
)  # fmt: skip
