"""Which events a counter counts, told slowly: the part of engine/reference.py that looks at one event."""

from __future__ import annotations

from cadencia.engine.query import Event, Query
from cadencia.engine.tables import ANY, CountCheck
from cadencia.engine.words import WRITTEN, Actor, Channel, EventKind, Party, Place, Purpose, Subject


def counted(check: CountCheck, query: Query, event: Event) -> bool:
    """Whether the event is one of those that the check counts for this contact, whenever it was."""
    kind = EventKind[event.kind]
    channels = check.channels & ~(1 << Channel[query.channel] if check.other_channels else 0)
    sent = (
        kind == EventKind.placed
        and Channel[event.channel] in WRITTEN
        and check.kinds >> EventKind.message_delivered & 1
    )
    if kind == EventKind.void or not ((check.kinds | 1 << EventKind.pending) >> kind & 1 or sent):
        return False
    inbound = event.inbound or event.kind == "inbound"
    if (check.direction == 0 and inbound) or (check.direction == 1 and not inbound):
        return False
    if not channels >> Channel[event.channel] & 1 or (check.skip_consented and event.consented):
        return False
    masks = (
        (check.parties, Party[event.party]), (check.places, Place[event.place]), (check.actors, Actor[event.actor]),
        (check.purposes, Purpose[event.purpose]),
    )  # fmt: skip
    return all(mask & ANY == ANY or mask >> word & 1 for mask, word in masks) and same(check, query, event, True)


def same(check: CountCheck, query: Query, event: Event, with_place: bool) -> bool:
    """Whether the event says the contact's debt, creditor, address and place, where the check asks for them."""
    address = query.address or query.phone
    pairs = {Subject.debt: (event.debt, query.debt), Subject.creditor: (event.creditor, query.creditor),
             Subject.address: (event.address, address)}  # fmt: skip
    for subject, (theirs, ours) in pairs.items():
        if check.same >> subject & 1 and theirs is not None and ours is not None and theirs != ours:
            return False
    if with_place and check.same >> Subject.place & 1 and "unknown" not in (event.place, query.place):
        return event.place == query.place
    return True
