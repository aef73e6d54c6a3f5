"""What a pack's entries tell, put together for a reader: decisions, attempts with all that became of them, consents."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec

from cadencia.engine.history import CHANNEL, INBOUND, KIND
from cadencia.engine.words import Channel, EventKind
from cadencia.evidence.chosen import BEFORE, Asked
from cadencia.evidence.seal import EvidenceError
from cadencia.store.entry import Entry

_EPOCH_2000 = datetime(2000, 1, 1, tzinfo=UTC)


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One entry as it is told. payload is empty if it was erased; at is when it was recorded."""

    n: int
    at: datetime
    kind: str
    attempt: str
    channel: str
    outcome: str
    event_at: datetime | None
    inbound: bool
    erased: bool
    payload: dict[str, Any]


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """All that a report says, before its language. earlier: how many other entries of the person count. zone: of the
    decisions, for local times; empty if none is known."""

    asked: Asked
    made_at: str
    head: int
    root: str
    person: str
    zone: str
    decisions: tuple[Step, ...]
    attempts: tuple[tuple[Step, ...], ...]  # those of one attempt together, in order
    consents: tuple[Step, ...]
    ledger: tuple[Step, ...]
    earlier: int
    rulebooks: frozenset[str]
    rules: frozenset[str]
    jurisdictions: frozenset[str]
    zones: frozenset[str]


def tell(asked: Asked, chosen: Mapping[str, Sequence[Entry]], *, made_at: str, head: int, root: str) -> Told:
    """What these entries tell. EvidenceError when a payload is not JSON."""
    steps = {file: [_step(entry) for entry in entries] for file, entries in chosen.items() if file != BEFORE}
    made = [found for step in [one for file in steps.values() for one in file] if (found := decision_of(step))]
    attempts: dict[str, list[Step]] = {}
    for step in sorted((*steps["decisions.ndjson"], *steps["attempts.ndjson"]), key=lambda step: step.n):
        if step.kind != "decided":
            attempts.setdefault(step.attempt or f"{step.n}", []).append(step)
    everyone = [step.payload for file in steps.values() for step in file]
    return Told(
        asked=asked,
        made_at=made_at,
        head=head,
        root=root,
        person=next((str(payload["person"]) for payload in everyone if payload.get("person")), ""),
        zone=next((str(zone) for decision in made for zone in decision.get("zones", ())), ""),
        decisions=tuple(steps["decisions.ndjson"]),
        attempts=tuple(tuple(found) for found in attempts.values()),
        consents=tuple(steps["consents.ndjson"]),
        ledger=tuple(steps["ledger.ndjson"]),
        earlier=len(chosen[BEFORE]),
        rulebooks=frozenset(str(decision["rulebook"]) for decision in made if decision.get("rulebook")),
        rules=frozenset(rule for payload in everyone for rule in _rules(payload)),
        jurisdictions=frozenset(str(code) for decision in made for code in decision.get("jurisdictions", ())),
        zones=frozenset(str(zone) for decision in made for zone in decision.get("zones", ())),
    )


def decision_of(step: Step) -> dict[str, Any]:
    """The decision that a step tells; empty if none."""
    found = step.payload.get("decision")
    return found if isinstance(found, dict) else {}


def _rules(payload: dict[str, Any]) -> set[str]:
    decision = payload.get("decision") or {}
    told = {str(one.get("rule", "")) for one in (*decision.get("reasons", ()), *decision.get("obligations", ()))}
    return told | set(payload.get("versions") or ())


def _step(entry: Entry) -> Step:
    erased = not entry.salt
    try:
        payload = {} if erased else msgspec.json.decode(entry.payload, type=dict[str, Any])
    except msgspec.DecodeError as problem:
        raise EvidenceError(f"the payload of entry {entry.n} cannot be read: {problem}; see docs/ledger.md") from None
    attr, counts = entry.event_attr, entry.event_at > 0
    return Step(
        n=entry.n,
        at=datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=entry.at),
        kind=entry.kind,
        attempt=entry.attempt,
        channel=_name(Channel, attr >> CHANNEL & 7) if counts else str((payload.get("query") or {}).get("channel", "")),
        outcome=_name(EventKind, attr >> KIND & 15) if counts else "",
        event_at=_EPOCH_2000 + timedelta(seconds=entry.event_at) if counts else None,
        inbound=bool(attr >> INBOUND & 1),
        erased=erased,
        payload=payload,
    )


def _name(words: type[Channel] | type[EventKind], value: int) -> str:
    try:
        return words(value).name
    except ValueError:
        return str(value)
