"""The script linter: what does a text lack, and what does it say that it must not, by the law of a place on a day?"""

from __future__ import annotations

import hashlib
from bisect import bisect_right
from collections.abc import Iterator
from datetime import date

import msgspec

from cadencia.engine.tables import ANY, FIRST_DAY, CompiledRule, Rulebook
from cadencia.engine.words import Actor, Channel, DebtType, Initiator, Party, Purpose, Stage, bit_of_fact
from cadencia.engine.words import Place as AddressPlace
from cadencia.rules.model import BANS
from cadencia.rules.script_bans import PHRASE, Offence, open_finder
from cadencia.rules.script_blocks import open_block_finder
from cadencia.rules.script_decoded import REORDERING

MAX_BYTES = 1 << 20
_EPOCH = date(2000, 1, 1).toordinal()
_UNKNOWN_STAGE = "unknown"
#: Classes told even where no rule on file bans them. The reason may be asked for, and goods offered, in places.
WORTH_A_NOTE = frozenset(BANS) - {"asks-reason", "marketing"}


class ScriptError(ValueError):
    """A text or a question that cannot be judged; the message says why, and what to do."""


class NoRulesKnownError(ScriptError):
    """`no_rules_known`: no law and no policy is on file for the place, or none of it was in force yet."""


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What a text is for. Stage `unknown` is bound by the rules of every stage; facts named are known to be true."""

    jurisdiction: str
    channel: str
    language: str
    at: date
    purpose: str = "collections"
    actor: str = "third_party_collector"
    party: str = "debtor"
    place: str = "mobile"
    initiator: str = "preview"
    debt_type: str = "consumer"
    stage: str = _UNKNOWN_STAGE
    facts: tuple[str, ...] = ()


class Place(msgspec.Struct, frozen=True):
    """Where words stand in the text: lines and columns from 1, columns in characters; `end` is behind the last."""

    line: int
    column: int
    end_line: int
    end_column: int


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong. `kind`: missing (of a block), words (of a class, or `phrase`), language (not allowed)."""

    kind: str
    name: str  # the block, the class or the language
    rule: str
    citation: str
    words: str = ""
    place: Place | None = None


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """The findings in the order of the text, and what could not be judged."""

    findings: tuple[Finding, ...]
    rules: tuple[str, ...]  # ids of the script rules that bind the text
    unseen: tuple[tuple[str, str], ...]  # (block, rule): no text can show it; a person must see to it
    without_signs: tuple[tuple[str, str], ...]  # (block, rule): the catalogue has no signs for an officer's own block
    noted: tuple[tuple[str, str, Place], ...]  # (class, words, place) of wording that no rule of this place bans
    reordered: tuple[tuple[str, Place], ...]  # (U+202E, place) of signs that show letters in another order
    approval: tuple[tuple[str, str], ...]  # (rule, citation) that ask for an approved text
    rulebook: str
    sha256: str

    @property
    def clean(self) -> bool:
        """Nothing wrong, nothing that this language's signs could not judge, and shown in the order it is written."""
        return not (self.findings or self.without_signs or self.reordered)


def read_text(data: bytes) -> str:
    """A file's bytes as text, line ends as \\n. ScriptError when it is too long, empty, or not UTF-8."""
    if len(data) > MAX_BYTES:
        raise ScriptError(f"the text is over the limit of {MAX_BYTES} bytes; check one message at a time")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise ScriptError(f"line {line}: byte 0x{data[error.start]:02x} is not UTF-8; save the text as UTF-8") from None
    if not text.strip():
        raise ScriptError("the text is empty; write what is said or sent")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def digest(text: str) -> str:
    """The name of exactly this text: SHA-256 of its UTF-8 with line ends as \\n. One changed letter is another text."""
    return hashlib.sha256(text.encode()).hexdigest()


def check(text: str, rulebook: Rulebook, asked: Asked) -> Report:
    """The report on a text. NoRulesKnownError for a place without law, CatalogueError for a language without signs."""
    rules = rules_for(rulebook, asked)
    blocks = [(block, rule) for rule in rules for block in duty(rule, "script_blocks")]
    answer = open_block_finder(asked.language).answer(text, [block for block, _ in blocks])
    offences = _offences(text, rules, asked)
    findings = [*_language_findings(rules, asked), *_missing_findings(blocks, answer.missing)]
    return Report(
        findings=(*findings, *_word_findings(text, rules, offences)),
        noted=tuple(_noted(text, rules, offences)),
        rules=tuple(rule.id for rule in rules),
        unseen=tuple((block, rule.id) for block, rule in blocks if block in answer.not_in_text),
        without_signs=tuple((block, rule.id) for block, rule in blocks if block in answer.no_signs),
        reordered=tuple(_reordered(text)),
        approval=tuple((rule.id, rule.cite) for rule in rules if any(True for _ in _duties(rule, "script_approved"))),
        rulebook=rulebook.hash,
        sha256=digest(text),
    )


# --- which rules bind ---------------------------------------------------------------------------------------------


def rules_for(rulebook: Rulebook, asked: Asked) -> tuple[CompiledRule, ...]:
    """The script rules of the place and all its parents that bind such a text on that day."""
    place = rulebook.jurisdictions.get(asked.jurisdiction)
    if place is None:
        raise NoRulesKnownError(
            f"no_rules_known: no law is on file for {asked.jurisdiction}; ask for a place of `cadencia rules list`"
        )
    stack = {place.code, *place.parents}
    day = asked.at.toordinal() - _EPOCH
    facts = sum(1 << bit_of_fact(name) for name in asked.facts)
    on_file = [rule for rule in rulebook.rules if rule.jurisdiction in stack]
    _refuse_before_the_law(on_file, asked)
    return tuple(
        rule
        for rule in on_file
        if rule.kind == "script" and rule.from_day <= day < rule.until_day
        and _selects(rule, asked) and rule.when & facts == rule.when and not rule.unless & facts
    )  # fmt: skip


def _refuse_before_the_law(on_file: list[CompiledRule], asked: Asked) -> None:
    """No finding under a law that was not yet made says nothing. House policy is no law, and is left out of account."""
    laws = [rule for rule in on_file if rule.force != "policy"]
    for rules in (laws, [rule for rule in laws if rule.kind == "script"]):
        first = min((rule.from_day for rule in rules), default=FIRST_DAY)
        if first > asked.at.toordinal() - _EPOCH:
            since = date.fromordinal(first + _EPOCH)
            raise NoRulesKnownError(
                f"no_rules_known: no law on file of {asked.jurisdiction} on texts was in force on {asked.at}, "
                f"the first is of {since}; nothing was checked, ask for a later day"
            )


def _selects(rule: CompiledRule, asked: Asked) -> bool:
    stages = ANY if asked.stage == _UNKNOWN_STAGE else rule.stages
    chosen = (
        (rule.channels, Channel[asked.channel]), (rule.purposes, Purpose[asked.purpose]),
        (rule.actors, Actor[asked.actor]), (rule.parties, Party[asked.party]),
        (rule.places, AddressPlace[asked.place]),
        (rule.initiators, Initiator[asked.initiator]), (rule.debt_types, DebtType[asked.debt_type]),
        (stages, Stage[asked.stage]),
    )  # fmt: skip
    return all(mask >> int(word) & 1 for mask, word in chosen)


def _duties(rule: CompiledRule, code: str) -> Iterator[object]:
    return (duty.value for duty in rule.obligations if duty.code == code)


def duty(rule: CompiledRule, code: str) -> tuple[str, ...]:
    """The words of a script duty of the rule, such as its blocks; none if it has no such duty."""
    return tuple(str(word) for value in _duties(rule, code) if isinstance(value, list | tuple) for word in value)


# --- findings -----------------------------------------------------------------------------------------------------


def _language_findings(rules: tuple[CompiledRule, ...], asked: Asked) -> Iterator[Finding]:
    for rule in rules:
        allowed = duty(rule, "script_languages")
        if allowed and asked.language not in allowed:
            yield Finding(kind="language", name=asked.language, rule=rule.id, citation=rule.cite)


def _missing_findings(blocks: list[tuple[str, CompiledRule]], missing: tuple[str, ...]) -> Iterator[Finding]:
    for block, rule in blocks:
        if block in missing:
            yield Finding(kind="missing", name=block, rule=rule.id, citation=rule.cite)


def _banned_phrases(rules: tuple[CompiledRule, ...]) -> tuple[tuple[str, CompiledRule], ...]:
    return tuple((phrase, rule) for rule in rules for phrase in duty(rule, "script_phrases_banned"))


def _offences(text: str, rules: tuple[CompiledRule, ...], asked: Asked) -> list[Offence]:
    """Wording that a rule bans, and wording that is worth a note where none does."""
    bans = {ban for rule in rules for ban in duty(rule, "script_bans")} | WORTH_A_NOTE
    finder = open_finder(asked.language, tuple(phrase for phrase, _ in _banned_phrases(rules)))
    return finder.offences(text, in_court=asked.stage == "judicial", bans=bans)


def _reordered(text: str) -> Iterator[tuple[str, Place]]:
    lines = _Lines(text)
    for match in REORDERING.finditer(text):
        yield f"U+{ord(match.group()):04X}", lines.place(match.start(), match.end())


def _noted(text: str, rules: tuple[CompiledRule, ...], offences: list[Offence]) -> Iterator[tuple[str, str, Place]]:
    lines = _Lines(text)
    banned = {PHRASE} | {ban for rule in rules for ban in duty(rule, "script_bans")}
    for offence in offences:
        if offence.ban not in banned:
            yield offence.ban, text[offence.start : offence.end], lines.place(offence.start, offence.end)


def _word_findings(text: str, rules: tuple[CompiledRule, ...], offences: list[Offence]) -> Iterator[Finding]:
    phrases = _banned_phrases(rules)
    lines = _Lines(text)
    for offence in offences:
        for rule in _rules_against(offence, rules, phrases):
            yield Finding(
                kind="words", name=offence.ban, rule=rule.id, citation=rule.cite,
                words=text[offence.start : offence.end], place=lines.place(offence.start, offence.end),
            )  # fmt: skip


def _rules_against(
    offence: Offence, rules: tuple[CompiledRule, ...], phrases: tuple[tuple[str, CompiledRule], ...]
) -> Iterator[CompiledRule]:
    if offence.ban == PHRASE:
        yield phrases[offence.phrase][1]
        return
    yield from (rule for rule in rules if offence.ban in duty(rule, "script_bans"))


class _Lines:
    """Lines and columns of places in a text."""

    def __init__(self, text: str) -> None:
        self._starts = [0, *(index + 1 for index, char in enumerate(text) if char == "\n")]

    def place(self, start: int, end: int) -> Place:
        line, column = self._at(start)
        end_line, end_column = self._at(end)
        return Place(line, column, end_line, end_column)

    def _at(self, index: int) -> tuple[int, int]:
        line = bisect_right(self._starts, index)
        return line, index - self._starts[line - 1] + 1
