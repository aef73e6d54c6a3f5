"""The yardstick in polars: lazy expressions, on one thread. Frames are made once; a call is the work on them."""

from __future__ import annotations

import os

os.environ["POLARS_MAX_THREADS"] = "1"  # read when polars is imported

import numpy as np
import polars as pl

from bench.workload import CALENDAR_DAYS, CALENDAR_FIRST, DAY_S, RULES, ZONES, Yardstick, kinds_mask

HOURS, DEBT_CAP, DAY_CAP, WEEK_CAP, COOLING_OFF, FORBIDDEN = (1 << bit for bit in range(len(RULES)))
TALKS = [kind for kind in range(16) if kinds_mask("conversation") >> kind & 1]
_ZONE_SHIFT = 40  # one sorted table for all zones: key = zone << 40 | instant


class PolarsTwin:
    """Answers the yardstick as (allowed, reasons)."""

    def __init__(self, yardstick: Yardstick) -> None:
        if pl.thread_pool_size() != 1:
            raise RuntimeError("polars was imported with several threads; import bench.yardstick_polars before it")
        y = yardstick
        self._queries = pl.DataFrame({
            "at": y.at, "jurisdiction": y.jurisdiction, "zone": y.zone.astype(np.int64) << _ZONE_SHIFT,
            "facts": y.facts, "debt": y.debt.astype(np.uint32),
        }).with_row_index("row").lazy()  # fmt: skip
        attr = y.event_attr
        self._events = pl.DataFrame({
            "row": np.repeat(np.arange(len(y), dtype=np.uint32), y.event_to - y.event_from),
            "when": y.event_at.astype(np.int64),
            "channel": (attr & np.uint64(7)).astype(np.uint8),
            "kind": (attr >> np.uint64(3) & np.uint64(15)).astype(np.uint8),
            "inbound": (attr >> np.uint64(19) & np.uint64(1)).astype(bool),
            "event_debt": (attr >> np.uint64(21) & np.uint64(255)).astype(np.uint32),
        }).lazy()  # fmt: skip
        self._laws(y)
        self._zones(y)

    def _laws(self, y: Yardstick) -> None:
        hours = np.array([[day or (0, 0) for day in law.hours] for law in y.laws], np.int64) * 60
        self._opens, self._closes = (pl.lit(pl.Series(hours[:, :, side].ravel())) for side in (0, 1))
        holiday = np.zeros((len(y.laws), CALENDAR_DAYS), bool)
        for index, law in enumerate(y.laws):
            holiday[index, [day - CALENDAR_FIRST for day in law.holidays]] = True
        self._holiday = pl.lit(pl.Series(holiday.ravel()))
        self._of_law = {
            name: pl.lit(pl.Series([getattr(law, name) for law in y.laws]))
            for name in ("debt_cap", "day_cap", "week_cap", "cooling_days")
        } | {"forbidden": pl.lit(pl.Series([law.forbidden for law in y.laws], dtype=pl.UInt64))}

    def _zones(self, y: Yardstick) -> None:
        keys, offsets = [], []
        for index, name in enumerate(ZONES):
            table = y.rulebook.zones[y.rulebook.zone_links.get(name, name)]
            keys.append(np.maximum(np.frombuffer(table.starts, np.int64), 0) + (index << _ZONE_SHIFT))
            offsets.append(np.frombuffer(table.offsets, np.int32).astype(np.int64))
        self._keys, self._offsets = pl.lit(pl.Series(np.concatenate(keys))), pl.lit(pl.Series(np.concatenate(offsets)))

    def _law(self, name: str) -> pl.Expr:
        return self._of_law[name].gather(pl.col("jurisdiction"))

    def _day_start(self, day: pl.Expr) -> pl.Expr:
        """Midnight of a local day, under the offset of either side of a change of clock."""
        index = pl.col("index")
        at = day * DAY_S - pl.col("offset")
        earlier = day * DAY_S - self._offsets.gather(pl.max_horizontal(index.cast(pl.Int64) - 1, pl.lit(0)))
        return pl.when(pl.col("zone") + at < self._keys.gather(index)).then(earlier).otherwise(at)

    def _dated(self) -> pl.LazyFrame:
        """The queries with their local time, what blocks without a history, and where each window begins."""
        day = pl.col("day")
        return (
            self._queries
            .with_columns(index=self._keys.search_sorted(pl.col("zone") + pl.col("at"), side="right") - 1)
            .with_columns(offset=self._offsets.gather(pl.col("index")))
            .with_columns(local=pl.col("at") + pl.col("offset"))
            .with_columns(day=pl.col("local") // DAY_S)
            .with_columns(second=pl.col("local") - day * DAY_S, weekday=(day + 5) % 7)
            .with_columns(
                kind_of_day=pl.col("jurisdiction") * 8
                + pl.when(self._holiday.gather(pl.col("jurisdiction") * CALENDAR_DAYS + day - CALENDAR_FIRST))
                .then(7).otherwise(pl.col("weekday")),
                seven=self._day_start(day - 6), today=self._day_start(day),
                week=self._day_start(day - pl.col("weekday")),
                cooling=self._day_start(day - self._law("cooling_days") + 1),
            )
            .select(
                "row", "jurisdiction", "debt", "seven", "today", "week", "cooling",
                shut=(pl.col("second") < self._opens.gather(pl.col("kind_of_day")))
                | (pl.col("second") >= self._closes.gather(pl.col("kind_of_day"))),
                forbidden=(pl.col("facts") & self._law("forbidden")) != 0,
            )
        )  # fmt: skip

    def _counted(self, queries: pl.DataFrame) -> pl.LazyFrame:
        """row -> how many events each counter holds."""
        row = pl.col("row")
        debt, seven, today, week, cooling = (
            pl.lit(queries[name]).gather(row) for name in ("debt", "seven", "today", "week", "cooling")
        )
        talk, same_debt, when = pl.col("talk"), pl.col("same_debt"), pl.col("when")
        return (
            self._events
            .filter((when >= seven) & ~pl.col("inbound"))
            .select("row", "when", "channel", talk=pl.col("kind").is_in(TALKS), same_debt=pl.col("event_debt") == debt)
            .select(
                "row",
                on_debt=same_debt & (pl.col("channel") <= 1), on_day=when >= today, in_week=talk & (when >= week),
                cools=talk & same_debt & (when >= cooling),
            )
            .group_by("row").agg(pl.col("on_debt", "on_day", "in_week").sum(), pl.col("cools").any())
        )  # fmt: skip

    def __call__(self) -> tuple[np.ndarray, np.ndarray]:
        queries = self._dated().collect()
        full = {"on_debt": ("debt_cap", DEBT_CAP), "on_day": ("day_cap", DAY_CAP), "in_week": ("week_cap", WEEK_CAP)}
        cools = pl.col("cools").fill_null(False)
        blocks = [(pl.col("shut"), HOURS), (pl.col("forbidden"), FORBIDDEN), (cools, COOLING_OFF)]
        blocks += [(pl.col(count).fill_null(0) >= self._law(cap), bit) for count, (cap, bit) in full.items()]
        reasons = pl.sum_horizontal(blocked.cast(pl.UInt8) * bit for blocked, bit in blocks).cast(pl.UInt8)
        answers = (
            queries.lazy().join(self._counted(queries), on="row", how="left", maintain_order="left")
            .select(reasons=reasons).with_columns(allowed=(pl.col("reasons") == 0).cast(pl.UInt8))
            .collect()
        )  # fmt: skip
        return answers["allowed"].to_numpy(), answers["reasons"].to_numpy()
