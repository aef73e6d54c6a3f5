"""The counts of a screening: what may be called, what blocks, where, and when it opens. Every sum reconciles."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np

from cadencia.lists.answers import Blocks
from cadencia.lists.unlock import NOW, UnlockCurve


@dataclass
class ReasonCount:
    """How many queries a rule blocks, and how many it alone blocks. Two versions of it may apply at one instant, on
    either side of midnight; each has its citation."""

    rule: str
    kind: str
    citations: list[str]
    blocks: int = 0
    alone: int = 0

    @property
    def citation(self) -> str:
        """All citations as one text."""
        return "; ".join(self.citations)


@dataclass
class CountryCount:
    """The answers of one country."""

    allowed: int = 0
    denied: int = 0
    rules: Counter[str] = field(default_factory=Counter)  # rule -> queries that it blocks


@dataclass
class Tally:
    """Counts over all batches of a list."""

    curve: UnlockCurve
    allowed: int = 0
    denied: int = 0
    lines_allowed: int = 0
    lines_denied: int = 0
    reasons: dict[str, ReasonCount] = field(default_factory=dict)
    countries: dict[str, CountryCount] = field(default_factory=dict)

    def add(
        self, country: np.ndarray, names: list[str], block: np.ndarray, blocks: list[Blocks], codes: np.ndarray
    ) -> None:
        """One batch: index in `names` and in `blocks`, and unlock code, of each query."""
        free = codes == NOW
        self.allowed += int(np.count_nonzero(free))
        self.denied += int(np.count_nonzero(~free))
        pairs, counts = np.unique(country.astype(np.int64) * len(blocks) + block, return_counts=True)
        for pair, count in zip(pairs.tolist(), counts.tolist(), strict=True):
            where, what = divmod(pair, len(blocks))
            self._count(names[where], blocks[what], count)
        for where in np.unique(country).tolist():
            inside = country == where
            self._country(names[where]).allowed += int(np.count_nonzero(inside & free))
            self._country(names[where]).denied += int(np.count_nonzero(inside & ~free))
            self.curve.add(self.curve.by_country, names[where], codes[inside])
        for what in np.unique(block[~free]).tolist():
            label = blocks[what].rules[0] if blocks[what].rules else "unknown"
            self.curve.add(self.curve.by_reason, label, codes[(block == what) & ~free])

    def add_lines(self, allowed: int, denied: int) -> None:
        """Lines of which at least one query is allowed, and those of which none is."""
        self.lines_allowed += allowed
        self.lines_denied += denied

    def _country(self, name: str) -> CountryCount:
        return self.countries.setdefault(name, CountryCount())

    def _count(self, country: str, blocks: Blocks, count: int) -> None:
        for rule, kind, citation in zip(blocks.rules, blocks.kinds, blocks.citations, strict=True):
            reason = self.reasons.setdefault(rule, ReasonCount(rule, kind, []))
            if citation and citation not in reason.citations:
                reason.citations.append(citation)
            reason.blocks += count
            reason.alone += count * (len(blocks.rules) == 1)
            self._country(country).rules[rule] += count
