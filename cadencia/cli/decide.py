"""`cadencia decide`: may this one contact be made now? The verdict, what blocks it, and when it opens."""

from __future__ import annotations

import argparse
import shutil
import sys
import textwrap
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from cadencia.cli.rulebook import opened_rulebook
from cadencia.cli.rules import POLICY_HELP
from cadencia.engine.query import Query
from cadencia.engine.words import Actor, Channel, DebtType, Initiator, Party, Place, Purpose, Stage

if TYPE_CHECKING:
    from cadencia.engine.decide import Engine

ALLOWED, DENIED, UNUSABLE = 0, 1, 2
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
#: Columns of an answer where there is no terminal to ask, and the fewest that it is written in.
_WIDTH, _NARROWEST = 100, 60
_EPILOG = """exit codes: 0 allowed · 1 denied · 2 the question cannot be read. Facts, dates and numbers are the words of
engine/words.py; a fact that is not named is unknown, and unknown is never taken as allowed."""
_VOCABULARIES = (
    ("actor", Actor, "who contacts"), ("purpose", Purpose, "why"), ("party", Party, "who is contacted"),
    ("place", Place, "what the address is to the person"), ("initiator", Initiator, "what starts the attempt"),
    ("debt_type", DebtType, "what kind of debt it is"), ("stage", Stage, "where the debt stands"),
)  # fmt: skip


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's options. Those that say the same as a field of engine.query.Query are called like it."""
    parser = commands.add_parser(
        "decide", help="ask about one contact", description=__doc__, epilog=_EPILOG, allow_abbrev=False
    )
    parser.set_defaults(run=run)
    parser.add_argument(
        "--at", metavar="TIME", help="the instant, with its offset: 2026-05-18T09:00-05:00; left out: now"
    )
    add_question(parser)
    parser.add_argument(
        "--lang",
        choices=("es", "en", "pt"),
        default="en",
        help="language of the answer, and of readings that jurisdictions/translations has in it; mistakes are told in "
        "English",
    )
    parser.add_argument(
        "--json", action="store_true",
        help="the decision as JSON, with the day's opening hours (strip); {\"error\": …} if it cannot be read",
    )  # fmt: skip
    parser.add_argument(
        "--root", type=Path, metavar="DIR", help="folder of jurisdiction files; left out: those shipped"
    )
    parser.add_argument("--policy", action="append", default=[], metavar="NAME|FILE", help=POLICY_HELP)


def add_question(parser: argparse.ArgumentParser) -> None:
    """What is asked, but for the instant; `decide_query.read_query` reads it."""
    channels = [word.name for word in Channel]
    parser.add_argument(
        "--channel", metavar="WORD", default="call", help=f"one of {', '.join(channels)}; left out: call"
    )
    _add_place(parser)
    defaults = {field.name: field.default for field in msgspec.structs.fields(Query)}
    for name, vocabulary, text in _VOCABULARIES:
        words = [word.name for word in vocabulary]
        default = defaults[name]
        parser.add_argument(
            f"--{name.replace('_', '-')}", metavar="WORD", help=f"{text}: {', '.join(words)}; left out: {default}"
        )
    for name in ("debt", "creditor", "address"):
        parser.add_argument(f"--{name}", metavar="ID", help=f"the {name}, as the events call it")
    _add_known(parser)


def _add_place(parser: argparse.ArgumentParser) -> None:
    place = parser.add_argument_group(
        "where the person is", "all clues count; of several places the strictest answer holds"
    )
    place.add_argument("--phone", metavar="E164", help="the number to be called, such as +57 and its digits")
    place.add_argument("--phone-type", choices=("mobile", "landline", "voip", "unknown"))
    place.add_argument("--country", metavar="CC", help="ISO 3166-1, such as CO")
    place.add_argument("--region", metavar="CC-RR", help="ISO 3166-2, such as US-MA")
    place.add_argument("--postal-code", metavar="TEXT")
    place.add_argument("--locality", metavar="NAME", help="city; matters where a city has rules, such as NYC")
    place.add_argument("--zone", metavar="IANA", help="the person's time zone, such as America/Bogota")
    place.add_argument(
        "--jurisdiction", action="append", metavar="CODE", help="take this law and its parents, whatever the clues say"
    )


def _add_known(parser: argparse.ArgumentParser) -> None:
    known = parser.add_argument_group("what is known", "each may be given many times")
    known.add_argument("--fact", action="append", default=[], metavar="NAME", help="known true; '!NAME' is known false")
    known.add_argument("--date", action="append", default=[], metavar="NAME=DATE", help="such as due_date=2026-01-01")
    known.add_argument("--number", action="append", default=[], metavar="NAME=N", help="such as amount_due=100")
    known.add_argument(
        "--event", action="append", default=[], metavar="'TIME CHANNEL KIND …'",
        help="a past attempt: '2026-05-17T10:00-05:00 call no_answer'; behind it any of: x7, debt ID, creditor ID, "
        "address ID, place WORD, party WORD, actor WORD, purpose WORD, inbound, consented",
    )  # fmt: skip
    known.add_argument(
        "--wanted-hours", action="append", default=[], metavar="HH:MM-HH:MM", help="hours the person asked for"
    )
    known.add_argument(
        "--unwanted-hours", action="append", default=[], metavar="HH:MM-HH:MM", help="hours the person refused"
    )
    known.add_argument("--caller-id", metavar="E164", help="the number that is shown; 'withheld' if none is")


def run(args: argparse.Namespace) -> int:
    """0 allowed, 1 denied, 2 the question or the rule files cannot be read; the message says the cure."""
    from cadencia.cli.decide_query import OptionError, read_query
    from cadencia.engine.decide import Engine

    try:
        query = read_query(args, instant(args.at))
        engine = Engine(opened_rulebook(args.root, args.policy))
        return _answer(engine, query, args)
    except (OptionError, ValueError) as problem:
        _refuse(str(problem), as_json=args.json)
    return UNUSABLE


def _refuse(problem: str, *, as_json: bool) -> None:
    """Says why there is no decision: to people on standard error, to programs where they read."""
    if as_json:
        sys.stdout.write(msgspec.json.encode({"error": problem}).decode() + "\n")
    else:
        width = _width()
        for line in f"cadencia decide: {problem}".splitlines():
            sys.stderr.write(textwrap.fill(line, width, subsequent_indent="  ", break_long_words=False,
                                           break_on_hyphens=False) + "\n")  # fmt: skip


def _width() -> int:
    return max(_NARROWEST, shutil.get_terminal_size((_WIDTH, 24)).columns)


def _answer(engine: Engine, query: Query, args: argparse.Namespace) -> int:
    from cadencia.cli.decide_query import place_problem, with_parents
    from cadencia.cli.decide_text import as_json, as_text, strip_of
    from cadencia.cli.decide_texts import texts_of

    query = with_parents(query, engine.rulebook)
    problem = place_problem(query, engine)
    if problem:
        raise ValueError(problem)
    decision = engine.decide(query, language=args.lang)
    strip = strip_of(engine, query, decision)
    width = _width()
    if args.json:
        told = as_json(decision, strip)
    else:
        texts = texts_of(engine.rulebook, decision, args.lang, args.root)
        told = as_text(engine.rulebook, query, decision, strip, texts, width)
    sys.stdout.write(told + "\n")
    return ALLOWED if decision.allowed else DENIED


def instant(text: str | None) -> datetime:
    """The instant of --at; left out, the system's clock, which is read here once. ValueError names the cure."""
    if text is None:
        return datetime.now(UTC).replace(microsecond=0)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError(f"--at {text}: not a time; write it as 2026-05-18T09:00-05:00") from None
    if at.tzinfo is None:
        raise ValueError(f"--at {text}: which zone? Write its offset, as in 2026-05-18T09:00-05:00, or Z for UTC")
    if not _FIRST_YEAR <= at.year < _LAST_YEAR:
        raise ValueError(f"--at {text}: write a year from {_FIRST_YEAR} to {_LAST_YEAR - 1}")
    return at
