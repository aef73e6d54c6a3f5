"""The script linter: how right it is on examples, and how fast beside a loop over the same strings.

Two sets of examples: those put aside by the catalogue's author, and those of another author (`independent`). The first
look at these stands in docs/scripts.md; since then the catalogue was mended by them: they are new to it no more.
Not measured: texts new to the catalogue, other languages, the start of the command, reading the catalogue.
"""

from __future__ import annotations

from collections.abc import Callable

from bench.measure import Figure, Spread, Target, paired, scaled
from bench.script_examples import INDEPENDENT, LANGUAGES, Score, examples, quality
from cadencia.rules.script_bans import open_finder

#: Ours reads the messages so many times in a round, the loop once.
COPIES, ROUNDS = 20, 5
PRECISION, RECALL = Target(at_least=0.95), Target(at_least=0.90)
NOTES = {
    "held_out": "the examples and the catalogue have one author",
    INDEPENDENT: "by another author; the catalogue was mended after a first look at them: see docs/scripts.md",
}


def run() -> list[Figure]:
    """Precision and recall of each language, in all and by class, and the throughput."""
    figures: list[Figure] = []
    for split in NOTES:
        for language in LANGUAGES:
            figures += _quality_figures(language, split)
    return [*figures, *(_speed(language) for language in LANGUAGES)]


def _quality_figures(language: str, split: str) -> list[Figure]:
    chosen = examples(language, split)
    found = quality(language, chosen)
    name = f"{language}, {split}" if split == INDEPENDENT else language
    what = "by another author" if split == INDEPENDENT else "put aside"
    about = f"{len(chosen)} examples {what}, {found.clean} of them clean, of which {found.clean_flagged} were flagged"
    total, note = found.total, NOTES[split]
    of_found = f"{total.right} of {total.right + total.wrong}"
    of_there = f"{total.right} of {total.right + total.missed}"
    figures = [
        _share(f"{name}: precision", about, total.precision, of_found, PRECISION, note),
        _share(f"{name}: recall", about, total.recall, of_there, RECALL, note),
    ]
    return figures + [_class_figure(name, ban, score, note) for ban, score in sorted(found.by_class.items())]


def _class_figure(of: str, name: str, score: Score, note: str) -> Figure:
    precision = "none found" if score.precision is None else f"precision {score.precision:.2f}"
    counts = f"{score.right} right, {score.wrong} wrong, {score.missed} missed"
    return _share(f"{of}: recall of {name}", counts, score.recall, f"{counts}; {precision}", None, note)


def _share(name: str, about: str, share: float | None, of: str, target: Target | None, note: str) -> Figure:
    value = 0.0 if share is None else share
    return Figure(
        group="scripts", name=name, input=about, unit="", repeats=1, sides={}, value=Spread.of([value]),
        value_unit=f"share ({of})", target=target, note=note,
    )  # fmt: skip


def _speed(language: str) -> Figure:
    """MB a second of ours, message by message; the yardstick looks for every string in the folded text, in a loop."""
    finder = open_finder(language)
    texts = [one.text for one in examples(language)]
    size = sum(len(text.encode()) for text in texts)
    seconds = paired({"loop": _loop(finder.needles, texts), "ours": _ours(language, texts)}, rounds=ROUNDS)
    seconds["ours"] = [second / COPIES for second in seconds["ours"]]
    per_mb = scaled(seconds, 1e6 / size)
    return Figure(
        group="scripts", name=f"{language}: throughput", input=f"{len(texts)} messages, {size} bytes; "
        f"{len(finder.needles)} strings", unit="s a MB", repeats=ROUNDS, sides=per_mb,
        value=Spread.of([size / 1e6 / second for second in seconds["ours"]]), value_unit="MB a second, ours",
        note="ours also undoes disguises, finds gaps and weighs denials; the loop only looks for the strings",
    )  # fmt: skip


def _ours(language: str, texts: list[str]) -> Callable[[], object]:
    finder = open_finder(language)
    return lambda: [finder.offences(text) for text in texts * COPIES]


def _loop(needles: tuple[str, ...], texts: list[str]) -> Callable[[], object]:
    folded_texts = [f" {text.casefold()} " for text in texts]
    return lambda: [[needle for needle in needles if needle in text] for text in folded_texts]
