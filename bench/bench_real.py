"""The shipped law on a mixed batch of its jurisdictions, beside the yardstick's time a decision."""

from __future__ import annotations

import numpy as np

from bench.measure import Figure, Target, paired, ratio, scaled
from bench.workload import SEED, Yardstick, build
from cadencia.engine.batch import NO_DATE, Batch, PlaceSet, pack_selectors
from cadencia.engine.decide import Engine
from cadencia.engine.tables import Rulebook
from cadencia.engine.words import DATES, NUMBERS, Actor, Channel, DebtType, Initiator, Party, Place, Stage, bit_of_fact
from cadencia.rules.cache import open_rulebook

#: Zones of the places whose law leaves the zone to the person; the others have one of their own.
ZONES = {
    "US": ("America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"),
    "MX": ("America/Mexico_City", "America/Tijuana"), "BR": ("America/Sao_Paulo", "America/Manaus"),
    "RU": ("Europe/Moscow", "Asia/Vladivostok"), "ES": ("Europe/Madrid", "Atlantic/Canary"),
    "CL": ("America/Santiago",), "EC": ("America/Guayaquil",), "AR": ("America/Argentina/Buenos_Aires",),
}  # fmt: skip
STATES = {
    "US-MA": ("America/New_York",), "US-WA": ("America/Los_Angeles",), "US-DC": ("America/New_York",),
    "CA-ON": ("America/Toronto",),
}  # fmt: skip
FACTS = ("opt_out", "cease_request", "attorney_represented", "bankruptcy", "dispute", "do_not_call")
CONSENTS = ("consent_electronic", "consent_channel", "prior_consent")
#: The jurisdictions that were made complete; parents come with them. Bare parents such as AR would only flatter us.
COMPLETE = (
    "US", "US-MA", "US-WA", "US-DC", "CA-ON", "MX", "CO", "PE", "CL", "EC", "AR-C", "BR-SP", "GB", "IE", "RU", "ES",
)  # fmt: skip


def places_of(rulebook: Rulebook) -> list[PlaceSet]:
    """Every complete jurisdiction with its ancestors, once for each zone it may be in."""
    places = []
    for code in COMPLETE:
        jurisdiction = rulebook.jurisdictions[code]
        own = (jurisdiction.timezone,) if jurisdiction.timezone in rulebook.zones else ZONES.get(code[:2], ())
        for zone in STATES.get(code, own):
            places.append(PlaceSet((code, *jurisdiction.parents), (zone,)))
    return places


def batch_of(yardstick: Yardstick, rulebook: Rulebook) -> Batch:
    """The yardstick's instants and histories under the real law: words mixed, facts and dates known."""
    n, g = len(yardstick), np.random.default_rng(SEED + 1)
    places = places_of(rulebook)
    drawn = {
        "channel": g.choice((Channel.call, Channel.call, Channel.sms, Channel.whatsapp, Channel.email), n),
        "actor": g.choice((Actor.third_party_collector, Actor.third_party_collector, Actor.creditor), n),
        "initiator": g.choice((Initiator.predictive, Initiator.predictive, Initiator.preview, Initiator.manual), n),
        "party": g.choice((Party.debtor, Party.debtor, Party.debtor, Party.guarantor), n),
        "place": g.choice((Place.mobile, Place.mobile, Place.home, Place.work), n),
        "debt_type": g.choice((DebtType.consumer, DebtType.credit_card, DebtType.mortgage), n),
        "stage": np.full(n, int(Stage.extrajudicial)), "purpose": np.zeros(n, int),
    }  # fmt: skip
    true = _facts(g, n, FACTS, 0.02) | _facts(g, n, CONSENTS, 0.6) | _facts(g, n, ("written_notice",), 0.98)
    dates = np.full((n, len(DATES)), NO_DATE, np.int32)
    today = (yardstick.at // 86_400).astype(np.int32)
    dates[:, DATES.index("due_date")] = today - g.integers(5, 400, n)
    dates[:, DATES.index("notice_sent")] = today - g.integers(5, 90, n)
    numbers = np.full((n, len(NUMBERS)), np.nan)
    numbers[:, NUMBERS.index("amount_due")] = g.integers(10, 5000, n)
    return Batch(
        at=yardstick.at, place=g.integers(0, len(places), n).astype(np.int32), places=places,
        selectors=pack_selectors(**{name: np.asarray(column, np.uint32) for name, column in drawn.items()}),
        facts_true=true, facts_known=true, dates=dates, numbers=numbers, debt=yardstick.debt,
        ascending=True, event_from=yardstick.event_from, event_to=yardstick.event_to, event_at=yardstick.event_at,
        event_attr=yardstick.event_attr,
    )  # fmt: skip


def run() -> list[Figure]:
    """Time a decision under the real law against the yardstick's, without and with retry_at."""
    yardstick, rulebook = build(), open_rulebook()
    ours, real = Engine(yardstick.rulebook), Engine(rulebook)
    plain, mixed = yardstick.batch(), batch_of(yardstick, rulebook)
    seconds = paired({
        "yardstick": lambda: ours.screen(plain, retry=False), "real": lambda: real.screen(mixed, retry=False),
        "yardstick_retry": lambda: ours.screen(plain), "real_retry": lambda: real.screen(mixed),
    })  # fmt: skip
    times = scaled(seconds, 1e9 / len(yardstick))
    screened = real.screen(mixed, retry=False)
    note = (
        f"{len(rulebook.rules)} compiled rules, {len(screened.rules_of)} profiles, "
        f"{np.mean(screened.allowed):.0%} allowed"
    )

    def figure(name: str, over: str, under: str, target: Target | None) -> Figure:
        return Figure(
            group="real rulebook", name=name,
            input=f"{len(yardstick):,} queries over {len(mixed.places)} places, mixed selectors",
            unit="ns a decision", repeats=len(seconds[over]), sides={side: times[side] for side in (over, under)},
            value=ratio(seconds, over, under), value_unit="real / yardstick, time", target=target, note=note,
        )  # fmt: skip

    return [
        figure("shipped law", "real", "yardstick", Target(at_most=3)),
        figure("shipped law, with retry_at", "real_retry", "yardstick_retry", None),
    ]


def _facts(g: np.random.Generator, n: int, names: tuple[str, ...], chance: float) -> np.ndarray:
    """uint64[n, 2]: each fact true of so many rows."""
    halves = np.zeros((n, 2), np.uint64)
    for name in names:
        half, bit = divmod(bit_of_fact(name), 64)
        halves[:, half] |= (g.random(n) < chance).astype(np.uint64) << np.uint64(bit)
    return halves
