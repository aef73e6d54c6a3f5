"""The examples of tests/scripts: texts of collectors with what the linter must find in them, and how well it does.

Half of them, `held_out`, were put aside while the catalogue was written. Those of tests/scripts/independent, the split
`independent`, have another author, who had not seen the catalogue; it was mended after a first look at them. All are
judged by the law of tests/scripts/law, which stands still while the law on file changes.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache
from pathlib import Path

import msgspec

from cadencia.engine.tables import Rulebook
from cadencia.rules.compile import compile_rulebook
from cadencia.rules.load import load_tree
from cadencia.rules.scripts import Asked, check

FOLDER = Path(__file__).resolve().parents[1] / "tests" / "scripts"
LANGUAGES = ("es", "en", "pt")
INDEPENDENT = "independent"
AT = date(2026, 11, 22)


class Example(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One text. `bans` must be found, `also` may be; `missing` are all blocks that it lacks, None where not judged."""

    text: str
    jurisdiction: str
    channel: str
    split: str
    bans: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    missing: tuple[str, ...] | None = None
    actor: str = "third_party_collector"
    stage: str = "unknown"

    @property
    def positive(self) -> bool:
        """Must anything be found?"""
        return bool(self.bans or self.missing)


@dataclass
class Score:
    """Findings that were right, that were wrong, and that were missed."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    @property
    def precision(self) -> float | None:
        """Of what was found, the share that was right; None if nothing was."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else None

    @property
    def recall(self) -> float | None:
        """Of what was there, the share that was found; None if nothing was."""
        return self.right / (self.right + self.missed) if self.right + self.missed else None


@dataclass
class Quality:
    """Scores over examples: in all, by class of wording and for missing blocks (`missing`)."""

    total: Score = field(default_factory=Score)
    by_class: dict[str, Score] = field(default_factory=dict)
    clean_flagged: int = 0  # negative examples with any finding
    clean: int = 0


def examples(language: str, split: str = "") -> list[Example]:
    """The examples of a language, those of the other author apart; of one split (tune, held_out, independent)."""
    folder = FOLDER / INDEPENDENT if split == INDEPENDENT else FOLDER
    lines = (folder / f"{language}.jsonl").read_text(encoding="utf-8").splitlines()
    found = [msgspec.json.decode(line, type=Example) for line in lines]
    return [one for one in found if split in ("", one.split)]


@lru_cache(maxsize=1)
def example_law() -> Rulebook:
    """The law that the examples are judged by."""
    return compile_rulebook(load_tree(FOLDER / "law"), locates=False)


def findings(example: Example, language: str) -> tuple[set[str], set[str]]:
    """The classes of wording found, and the blocks that are missing where the example judges them."""
    asked = Asked(
        jurisdiction=example.jurisdiction, channel=example.channel, language=language, at=AT, actor=example.actor,
        stage=example.stage,
    )  # fmt: skip
    report = check(example.text, example_law(), asked)
    words = {one.name for one in report.findings if one.kind == "words"}
    missing = {one.name for one in report.findings if one.kind == "missing"}
    return words, missing if example.missing is not None else set()


def quality(language: str, chosen: Iterable[Example]) -> Quality:
    """How well the linter does on the examples."""
    result = Quality()
    for example in chosen:
        words, missing = findings(example, language)
        for name, outcome in _outcomes(example, words, missing):
            for score in (result.total, result.by_class.setdefault(name, Score())):
                setattr(score, outcome, getattr(score, outcome) + 1)
        if not example.positive:
            result.clean += 1
            result.clean_flagged += bool(words or missing)
    return result


def _outcomes(example: Example, words: set[str], missing: set[str]) -> Iterator[tuple[str, str]]:
    for name in sorted(words | set(example.bans)):
        if name in example.bans:
            yield name, "right" if name in words else "missed"
        elif name not in example.also:
            yield name, "wrong"
    lacking = set(example.missing or ())
    for block in sorted(missing | lacking):
        yield "missing", "right" if block in missing & lacking else "missed" if block in lacking else "wrong"


def counts(language: str) -> Counter[tuple[str, bool]]:
    """How many examples there are by split, positive and negative."""
    return Counter((one.split, one.positive) for one in examples(language))
