"""A small ledger with a story in it: Ana in Bogotá, other persons around her, and the archive of the law that
decided."""

from __future__ import annotations

import functools
import hashlib
import itertools
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from cadencia.engine.history import attributes, seconds
from cadencia.engine.tables import Rulebook
from cadencia.engine.words import Channel, EventKind
from cadencia.evidence.archive import Archive
from cadencia.evidence.chosen import Asked, micros
from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.load import Loaded, load_tree
from cadencia.store.entry import Draft
from cadencia.store.memory import MemoryLedger

TENANT = "acme"
ANA, BRUNO = bytes.fromhex("aa" * 16), bytes.fromhex("bb" * 16)
START = datetime(2026, 5, 18, 14, 0, tzinfo=UTC)  # a Monday, 09:00 in Bogotá
NOW = datetime(2026, 6, 1, tzinfo=UTC)
CAP = "CO.ley-2300.one-contact-a-day"
CAP_FROM = "2023-10-10"
SECRET = bytes(range(32))


@functools.cache
def law() -> tuple[Loaded, Rulebook]:
    loaded = load_tree(jurisdictions_folder(), only="co")
    return loaded, compile_rulebook(loaded, locates=False)


def archive(folder: Path) -> Archive:
    kept = Archive(folder)
    kept.publish(*law())
    return kept


def asked(**changed: Any) -> Asked:
    whole = Asked(tenant=TENANT, subject=ANA, since=START - timedelta(hours=1), until=START + timedelta(days=8))
    return msgspec.structs.replace(whole, **changed)


def salts() -> Any:
    numbers = itertools.count()
    return lambda size: hashlib.sha256(next(numbers).to_bytes(8, "big")).digest()[:size]


class Story:
    """Writes entries as the gate does (docs/ledger.md)."""

    def __init__(self) -> None:
        self.ledger = MemoryLedger(entropy=salts())
        self.ids = itertools.count(1)

    async def add(self, kind: str, at: datetime, payload: dict[str, Any], **plain: Any) -> None:
        body = msgspec.json.encode({"v": 1} | payload, order="sorted")
        tenant = plain.pop("tenant", TENANT)
        await self.ledger.append([Draft(at=micros(at), tenant=tenant, kind=kind, payload=body, **plain)])

    async def reserve(
        self, at: datetime, *, subject: bytes = ANA, used: int = 0, debt: int = 7, creditor: int = 9
    ) -> str:
        """An allowed call; `used` is what is recorded of the cap before it."""
        attempt = f"{subject.hex()}-{next(self.ids):016x}"
        counters = {
            state: [{"rule": CAP, "debt": "debt-7", "used": used + plus, "at_most": 1}]
            for state, plus in (("before", 0), ("after", 1))
        }
        await self.add(
            "reserved", at, {
                "person": "ana", "asked": "00" * 32, "query": query(at), "decision": decision(at, "allow"),
                "versions": {CAP: CAP_FROM}, "counters": counters, "initiator": "manual", "by": "agent Íñigo",
                "attempt": attempt,
            },
            subject=subject, attempt=attempt, key=f"key-{attempt}", debts=(debt,), address=5, creditor=creditor,
            household=11,
            event_at=seconds(at + timedelta(seconds=20)), event_attr=event("pending"),
        )  # fmt: skip
        return attempt

    async def follow(
        self, kind: str, attempt: str, at: datetime, left: datetime, outcome: str = "pending", **more: Any
    ) -> None:
        """placed, settled or corrected."""
        told = {"attempt": attempt} | ({"outcome": outcome} if outcome != "pending" else {}) | more
        await self.add(kind, at, told, subject=bytes.fromhex(attempt[:32]), attempt=attempt, debts=(7,),
                       address=5, creditor=9, event_at=seconds(left), event_attr=event(outcome))  # fmt: skip

    async def deny(self, at: datetime, *, used: int) -> None:
        reason = {
            "rule": CAP, "kind": "frequency_cap", "citation": "Ley 2300/2023, art. 3", "jurisdiction": "CO",
            "reviewed": False,
            "message": "One contact a day.", "retry_at": stamp(at + timedelta(hours=12)),
        }  # fmt: skip
        await self.add("decided", at, {
            "person": "ana", "asked": "00" * 32, "query": query(at), "decision": decision(at, "deny", reason),
            "versions": {CAP: CAP_FROM},
            "counters": {"before": [{"rule": CAP, "debt": "debt-7", "used": used, "at_most": 1}]},
            "initiator": "predictive", "by": "campaign <5>",
        }, subject=ANA, debts=(7,), address=5, creditor=9)  # fmt: skip


def event(kind: str) -> int:
    return attributes(channel=Channel.call, kind=EventKind[kind])


def stamp(at: datetime) -> str:
    return at.isoformat().replace("+00:00", "Z")


def query(at: datetime) -> dict[str, Any]:
    return {
        "at": stamp(at),
        "channel": "call",
        "debt": "debt-7",
        "creditor": "bank",
        "address": "+573001112233",
        "country": "CO",
    }


def decision(at: datetime, verdict: str, *reasons: dict[str, Any]) -> dict[str, Any]:
    return {
        "verdict": verdict, "at": stamp(at), "reasons": list(reasons), "jurisdictions": ["CO"],
        "zones": ["America/Bogota"],
        "rulebook": law()[1].hash, "retry_at": reasons[0]["retry_at"] if reasons else stamp(at),
    }  # fmt: skip


async def ana() -> Story:
    """24 entries: consent, a call each of three days, one of them corrected, a refusal by the cap, other people
    between."""
    story = Story()
    day = timedelta(days=1)
    await story.add("published", START - 9 * day, {"rulebook": law()[1].hash, "by": "officer"}, tenant="")
    await story.add("fact", START - 8 * day, {
        "person": "ana", "fact": "prior_consent", "value": True, "known_at": stamp(START - 8 * day),
        "source": "contract",
        "by": "branch 12", "scope": "person",
    }, subject=ANA)  # fmt: skip
    await story.add("imported", START - 3 * day, {"person": "ana", "outcome": "no_answer", "batch": "1"},
                    subject=ANA, debts=(7,), creditor=9, event_at=seconds(START - 5 * day),
                    event_attr=event("no_answer"))  # fmt: skip
    for k in range(3):
        at = START + k * day
        attempt = await story.reserve(at)
        await story.reserve(at, subject=BRUNO)
        left = at + timedelta(seconds=3)
        await story.follow("placed", attempt, left, left)
        await story.follow(
            "settled", attempt, at + timedelta(minutes=2), left, ("no_answer", "busy", "right_party_contact")[k]
        )
        if k == 1:
            await story.follow("corrected", attempt, at + timedelta(hours=1), left, "no_answer", was="busy")
        await story.deny(at + timedelta(hours=3), used=1)
    await story.add(
        "promise", START + 2 * day, {"person": "ana", "debt": "debt-7", "promise_due": "2026-06-15"}, subject=ANA
    )
    await story.add("inbound", START + 3 * day, {"person": "ana", "channel": "call", "outcome": "conversation"},
                    subject=ANA, event_at=seconds(START + 3 * day),
                    event_attr=event("conversation") | 1 << 19)  # fmt: skip
    await story.reserve(START + 4 * day, subject=BRUNO)
    return story
