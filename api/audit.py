"""The audit: who changed what of the service. Kept for good, as documents; an event beside each says so at once."""

from __future__ import annotations

import msgspec

from cadencia.api.events import new_event
from cadencia.store.identity import Entropy
from cadencia.store.records import NewEvent, Put

KIND = "audit"
_RANDOM = 12


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """who: the id of the key or user. did: like `key.made`. what: the id of what was changed. at: microseconds since
    1970."""

    who: str
    did: str
    what: str
    at: int


def recorded(entropy: Entropy, at: int, *, who: str, did: str, what: str) -> tuple[Put, NewEvent]:
    """To be written together with the change itself."""
    line = Line(who=who, did=did, what=what, at=at)
    put = Put(KIND, f"au_{entropy(_RANDOM).hex()}", msgspec.json.encode(line), expected=0)
    return put, new_event("audit.recorded", at, who=who, did=did, what=what)
