"""The yardstick in plain Python and zoneinfo: `obvious` is the truth, `careful` is what one would run in production."""

from __future__ import annotations

import zoneinfo
from bisect import bisect_left
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from bench.workload import EPOCH, RULES, ZONES, Law, Yardstick, kinds_mask
from cadencia.engine.words import Channel

zoneinfo.reset_tzpath(())  # the pinned tzdata package, not whatever zone data the machine has

START = datetime(2000, 1, 1, tzinfo=UTC)
HOURS, DEBT_CAP, DAY_CAP, WEEK_CAP, COOLING_OFF, FORBIDDEN = (1 << bit for bit in range(len(RULES)))
TALKS = kinds_mask("conversation")


@dataclass(frozen=True)
class PastEvent:
    """One event of a history."""

    at: datetime
    channel: int
    kind: int
    inbound: bool
    debt: int


@dataclass(frozen=True)
class Asked:
    """One row of the yardstick as people's types."""

    law: Law
    zone: ZoneInfo
    at: datetime
    facts: int
    debt: int
    history: list[PastEvent]


def row(yardstick: Yardstick, i: int) -> Asked:
    """Query i."""
    events = []
    for k in range(int(yardstick.event_from[i]), int(yardstick.event_to[i])):
        a = int(yardstick.event_attr[k])
        at = START + timedelta(seconds=int(yardstick.event_at[k]))
        events.append(PastEvent(at, a & 7, a >> 3 & 15, bool(a >> 19 & 1), a >> 21 & 255))
    return Asked(
        yardstick.laws[yardstick.jurisdiction[i]], ZoneInfo(ZONES[yardstick.zone[i]]),
        START + timedelta(seconds=int(yardstick.at[i])), int(yardstick.facts[i]), int(yardstick.debt[i]), events,
    )  # fmt: skip


def obvious(asked: Asked) -> int:
    """The reasons (bit k for RULES[k]), each rule read off its sentence; nothing is shared or saved."""
    law, local = asked.law, asked.at.astimezone(asked.zone)
    today = local.date()
    monday = today - timedelta(days=today.weekday())
    hours = law.hours[7 if today.toordinal() - EPOCH in law.holidays else today.weekday()]
    minute = local.hour * 60 + local.minute
    past = [(event.at.astimezone(asked.zone).date(), event) for event in asked.history if not event.inbound]

    def talks(since: date) -> list[PastEvent]:
        return [event for day, event in past if day >= since and TALKS >> event.kind & 1]

    calls = (Channel.call, Channel.voicemail)
    week_ago = today - timedelta(days=6)
    on_debt = [e for day, e in past if day >= week_ago and e.debt == asked.debt and e.channel in calls]
    cooling_from = today - timedelta(days=law.cooling_days - 1)
    blocks = {
        HOURS: hours is None or not hours[0] <= minute < hours[1],
        DEBT_CAP: len(on_debt) >= law.debt_cap,
        DAY_CAP: len([day for day, _ in past if day == today]) >= law.day_cap,
        WEEK_CAP: len(talks(monday)) >= law.week_cap,
        COOLING_OFF: any(event.debt == asked.debt for event in talks(cooling_from)),
        FORBIDDEN: bool(asked.facts & law.forbidden),
    }
    return sum(bit for bit, blocked in blocks.items() if blocked)


def careful(asked: Asked) -> int:
    """The same reasons with care for time: window starts are found once, events compared as instants,
    and only those of the days that some rule looks at."""
    law, zone = asked.law, asked.zone
    local = asked.at.astimezone(zone)
    today = local.toordinal()
    weekday = local.weekday()
    hours = law.hours[7 if today - EPOCH in law.holidays else weekday]
    minute = local.hour * 60 + local.minute
    reasons = 0 if hours is not None and hours[0] <= minute < hours[1] else HOURS
    if asked.facts & law.forbidden:
        reasons |= FORBIDDEN
    history = asked.history
    if not history:
        return reasons
    midnight = local.replace(hour=0, minute=0, second=0, fold=0)
    first = bisect_left(history, (midnight - timedelta(days=6)).astimezone(UTC), key=_when)
    if first == len(history):
        return reasons
    day_start = midnight.astimezone(UTC)
    week_start = (midnight - timedelta(days=weekday)).astimezone(UTC)
    cooling_start = (midnight - timedelta(days=law.cooling_days - 1)).astimezone(UTC)
    on_debt = on_day = in_week = 0
    debt = asked.debt
    for event in history[first:]:
        if event.inbound:
            continue
        at, same_debt = event.at, event.debt == debt
        if at >= day_start:
            on_day += 1
        if same_debt and event.channel <= 1:
            on_debt += 1
        if TALKS >> event.kind & 1:
            if at >= week_start:
                in_week += 1
            if same_debt and at >= cooling_start:
                reasons |= COOLING_OFF
    if on_debt >= law.debt_cap:
        reasons |= DEBT_CAP
    if on_day >= law.day_cap:
        reasons |= DAY_CAP
    if in_week >= law.week_cap:
        reasons |= WEEK_CAP
    return reasons


def _when(event: PastEvent) -> datetime:
    return event.at
