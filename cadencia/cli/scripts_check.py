"""`cadencia scripts check` and `approve`: the findings on a text in words or as JSON, and the register of texts."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

import msgspec

from cadencia.cli.rulebook import RulebookError, opened_rulebook
from cadencia.cli.scripts_words import LANGUAGES, word
from cadencia.engine.words import FACTS, Actor, Channel, DebtType, Initiator, Party, Place, Purpose, Stage
from cadencia.rules.explain import phrases
from cadencia.rules.script_bans import PHRASE
from cadencia.rules.script_catalogue import CatalogueError, ban_name, block_name
from cadencia.rules.script_register import Approval, RegisterError, add_approval, approval_of, read_register
from cadencia.rules.scripts import MAX_BYTES, Asked, Finding, Report, ScriptError, read_text
from cadencia.rules.scripts import check as check_text
from cadencia.rules.visible import visible

CLEAN, FOUND = 0, 1
_VOCABULARIES: dict[str, type] = {
    "channel": Channel, "purpose": Purpose, "actor": Actor, "party": Party, "place": Place,
    "initiator": Initiator,
    "debt_type": DebtType, "stage": Stage,
}  # fmt: skip
_MOST_WORDS = 80


class CannotCheckError(Exception):
    """The text cannot be judged, or the question is wrong; the command ends with exit code 2."""


def check(args: argparse.Namespace) -> int:
    """Tells the findings; 0 when there are none and, if asked, the text is approved."""
    asked, report = _judged(args)
    approval = _approval(args.approved, asked, report) if args.approved else None
    if args.json:
        sys.stdout.write(_json(asked, report, approval, registered=args.approved is not None))
    else:
        language = _said_in(args)
        lines = [*_lines(report, asked, language)]
        if args.approved:
            lines.append(_approval_line(approval, language))
        sys.stdout.write("\n".join(lines) + "\n")
    return CLEAN if report.clean and (approval is not None or not args.approved) else FOUND


def approve(args: argparse.Namespace) -> int:
    """Enters a clean text into the register; 1 when it has findings."""
    asked, report = _judged(args)
    language = _said_in(args)
    if not args.by.strip() or not args.by.isprintable():
        raise CannotCheckError("--by is empty or has characters that cannot be read; write the name of who approves")
    if args.on > _today():
        raise CannotCheckError(f"--on {args.on} is in the future; write the day on which it was approved")
    if not report.clean:
        told = [*_lines(report, asked, language), word("refused", language)]
        sys.stdout.write(_json(asked, report, None, registered=True) if args.json else "\n".join(told) + "\n")
        return FOUND
    approval = Approval(
        sha256=report.sha256, jurisdiction=asked.jurisdiction, channel=asked.channel, language=asked.language,
        purpose=asked.purpose, actor=asked.actor, by=args.by.strip(), on=args.on, rulebook=report.rulebook,
        noted=tuple(sorted({ban for ban, _, _ in report.noted})),
    )  # fmt: skip
    try:
        add_approval(args.register, approval)
    except RegisterError as problem:
        raise CannotCheckError(str(problem)) from None
    told = [*_lines(report, asked, language), word("entered", language, sha256=approval.sha256)]
    sys.stdout.write(_json(asked, report, approval, registered=True) if args.json else "\n".join(told) + "\n")
    return CLEAN


def refuse(command: str, problem: Exception, *, as_json: bool) -> None:
    """Says why nothing was checked: to people on standard error, to programs where they read."""
    if as_json:
        sys.stdout.write(msgspec.json.encode({"error": str(problem)}).decode() + "\n")
    else:
        sys.stderr.write(f"{command}: {problem}\n")


# --- the question -------------------------------------------------------------------------------------------------


def _judged(args: argparse.Namespace) -> tuple[Asked, Report]:
    asked = _asked(args)
    try:
        text = read_text(_bytes_of(args.file))
        return asked, check_text(text, opened_rulebook(args.root, args.policy), asked)
    except (ScriptError, RulebookError) as problem:
        raise CannotCheckError(str(problem)) from None
    except CatalogueError as problem:
        cure = "nothing was checked; have a person check the text, or add signs under jurisdictions/scripts"
        raise CannotCheckError(f"{problem}; {cure}") from None


def _bytes_of(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read(MAX_BYTES + 1)
    try:
        with Path(name).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        raise CannotCheckError(f"{name} cannot be read ({error.strerror}); name a text file, or - for stdin") from None


def _asked(args: argparse.Namespace) -> Asked:
    chosen = {name: getattr(args, name) for name in _VOCABULARIES}
    for name, value in chosen.items():
        if value not in _VOCABULARIES[name].__members__:  # type: ignore[attr-defined]
            known = ", ".join(_VOCABULARIES[name].__members__)  # type: ignore[attr-defined]
            raise CannotCheckError(f"--{name.replace('_', '-')} {value} is not known; one of: {known}")
    for fact in args.fact:
        if fact not in FACTS:
            raise CannotCheckError(f"--fact {fact} is not known; the facts are listed in docs/rule-language.md")
    return Asked(
        jurisdiction=args.jurisdiction.upper(), language=args.lang.lower(), at=args.at or _today(),
        facts=tuple(args.fact), **chosen,
    )  # fmt: skip


def _today() -> date:
    return datetime.now().astimezone().date()


def _approval(register: Path, asked: Asked, report: Report) -> Approval | None:
    use = (report.sha256, asked.jurisdiction, asked.channel, asked.language, asked.purpose, asked.actor)
    if not register.is_file():
        raise CannotCheckError(f"there is no register {register}; name the file that `scripts approve` wrote")
    try:
        return approval_of(read_register(register), use)
    except RegisterError as problem:
        raise CannotCheckError(str(problem)) from None


# --- the answer ---------------------------------------------------------------------------------------------------


def _said_in(args: argparse.Namespace) -> str:
    return args.say or (args.lang if args.lang in LANGUAGES else "en")


def _lines(report: Report, asked: Asked, language: str) -> Iterator[str]:
    if not report.rules:
        yield word("no_rules", language)
    n = len(report.findings) + len(report.reordered)
    yield word("findings", language, n=n) if n else word("clean", language)
    for finding in report.findings:
        yield f"× {_finding(finding, asked, language)}"
        yield f"    [{finding.rule}; {finding.citation}]"
    for sign, place in report.reordered:
        at = word("at", language, line=place.line, column=place.column)
        yield f"× {word('reordered', language, sign=sign)}  ({at})"
    for ban, words, place in report.noted:
        at = word("at", language, line=place.line, column=place.column)
        yield f"{word('noted', language)}: {ban_name(ban, language)}: «{_shown(words)}»  ({at})"
    for title, found in (("unseen", report.unseen), ("without_signs", report.without_signs)):
        for block, rule in found:
            yield f"{word(title, language)}: {block_name(block, language)}  [{rule}]"
    for rule, cite in report.approval:
        yield f"{word('approval', language)}: [{rule}; {cite}]"
    yield f"{word('text', language)}: sha256:{report.sha256}"


def _finding(finding: Finding, asked: Asked, language: str) -> str:
    if finding.kind == "missing":
        return word("missing", language, name=block_name(finding.name, language))
    if finding.kind == "language":
        known = phrases(language).languages
        return word("language", language, name=known.get(asked.language, asked.language))
    name = word("phrase", language) if finding.name == PHRASE else ban_name(finding.name, language)
    told = word("words", language, name=name, words=f"«{_shown(finding.words)}»")
    assert finding.place is not None  # words stand somewhere
    return f"{told}  ({word('at', language, line=finding.place.line, column=finding.place.column)})"


def _shown(words: str) -> str:
    """The offending words on one line, nothing invisible."""
    flat = " ".join(words.split())
    cut = flat if len(flat) <= _MOST_WORDS else flat[: _MOST_WORDS - 1] + "…"
    return visible(cut)


def _approval_line(approval: Approval | None, language: str) -> str:
    if approval is None:
        return word("not_approved", language)
    return word("approved", language, by=approval.by, on=approval.on.isoformat())


def _json(asked: Asked, report: Report, approval: Approval | None, *, registered: bool) -> str:
    told: dict[str, Any] = {"clean": report.clean, "asked": asked, **msgspec.structs.asdict(report)}
    if registered:
        told["approved"] = approval
    return msgspec.json.encode(told).decode() + "\n"
