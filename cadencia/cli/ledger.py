"""`cadencia ledger`: reserve and record contacts, see what is left, prove that the counters are exact."""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path

from cadencia.cli.decide import add_question
from cadencia.cli.ledger_options import LANGUAGES, add_ledger
from cadencia.cli.rules import POLICY_HELP
from cadencia.engine.words import Channel, Party

_CHANNELS = [word.name for word in Channel]
_EPILOG = """exit codes: 0 done or allowed · 1 denied or refused, altered, not exact · 2 wrong usage, or the ledger
cannot be used · 3 (import) some lines bad, the others are in. A ledger that a process serves is reached over its
socket; else the command opens the file itself."""
_Verbs = argparse._SubParsersAction


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The sub-command with its verbs."""
    ledger = commands.add_parser(
        "ledger", help="reserve and record contacts, and prove the count", description=__doc__, epilog=_EPILOG
    )
    verbs = ledger.add_subparsers(dest="verb", required=True, metavar="VERB")
    _add_attempts(verbs)
    _add_records(verbs)
    _add_questions(verbs)
    _add_files(verbs)
    _add_race(verbs)


def run(args: argparse.Namespace) -> int:
    """Runs the verb; only its own module is loaded."""
    module, name = args.action.split(".")
    action = getattr(importlib.import_module(f"cadencia.cli.{module}"), name)
    failed = importlib.import_module("cadencia.cli.ledger_actions").FAILED
    try:
        return int(action(args))
    except failed as problem:
        sys.stderr.write(f"cadencia ledger {args.verb}: {problem}\n")
        return 2


def _verb(verbs: _Verbs[argparse.ArgumentParser], name: str, action: str, text: str) -> argparse.ArgumentParser:
    verb = verbs.add_parser(name, help=text, description=text[0].upper() + text[1:] + ".", allow_abbrev=False)
    verb.set_defaults(run=run, action=action)
    return verb


def _operation(verbs: _Verbs[argparse.ArgumentParser], name: str, text: str) -> argparse.ArgumentParser:
    verb = _verb(verbs, name, f"ledger_actions.{name}", text)
    add_ledger(verb)
    verb.add_argument("--socket", type=Path, metavar="PATH", help="of the ledger's owner; left out: LEDGER.sock")
    verb.add_argument("--lang", choices=LANGUAGES, default="en")
    verb.add_argument("--json", action="store_true", help="the answer as one line of JSON")
    return verb


def _person(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--tenant", required=True, metavar="NAME", help="whose ledger it is")
    verb.add_argument("--person", required=True, metavar="ID", help="the person, by your id")


def _wider(verb: argparse.ArgumentParser) -> None:
    for name, text in (
        ("household", "whom the person lives with"), ("workplace", "where the person works"),
        ("account", "the account that the debt belongs to"),
    ):  # fmt: skip
        verb.add_argument(f"--{name}", metavar="ID", help=f"{text}, where rules count by it")


def _law(verb: argparse.ArgumentParser) -> None:
    verb.add_argument(
        "--root",
        type=Path,
        metavar="DIR",
        help="folder of jurisdiction files; left out: those shipped; who serves has its own",
    )
    verb.add_argument("--policy", action="append", default=[], metavar="NAME|FILE", help=POLICY_HELP)


def _contact(verb: argparse.ArgumentParser) -> None:
    _person(verb)
    verb.add_argument("--also-debt", action="append", default=[], metavar="ID", help="a further debt of the attempt")
    verb.add_argument("--trunk", default="", metavar="NAME", help="the trunk that it is to leave by")
    verb.add_argument("--by", default="", metavar="WHO", help="the agent, campaign or program that asks")
    add_question(verb)
    _wider(verb)
    _law(verb)


def _add_attempts(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    one = _operation(verbs, "reserve", "may this contact be made now? If so it is counted, and a permit given")
    one.add_argument("--key", required=True, metavar="TEXT", help="your key: the same request again reserves nothing")
    _contact(one)
    one = _operation(verbs, "place", "consume a permit: the contact leaves now, if it still may")
    one.add_argument("permit", metavar="PERMIT", help="as `reserve` printed it; of the process that still serves")
    _law(one)
    one = _operation(verbs, "release", "give a reservation back that was not placed")
    one.add_argument("attempt", metavar="ATTEMPT", help="its id or permit")
    one.add_argument("--why", default="", metavar="TEXT")
    for name, text in (("settle", "say how a placed attempt ended"), ("correct", "say anew how a settled one ended")):
        one = _operation(verbs, name, text)
        one.add_argument("attempt", metavar="ATTEMPT", help="its id or permit")
        one.add_argument("outcome", metavar="OUTCOME", help="no_answer, busy, machine, right_party_contact …")
        one.add_argument("--at", metavar="TIME", help="when it ended, with its offset; left out: now")
        one.add_argument("--source", default="", metavar="TEXT", help="where the outcome comes from")


def _add_records(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    one = _operation(verbs, "inbound", "record that the person contacted us")
    _person(one)
    one.add_argument("--at", metavar="TIME", help="when, with its offset; left out: now")
    one.add_argument("--channel", choices=_CHANNELS, default="call")
    one.add_argument("--outcome", default="inbound", metavar="WORD", help="how it ended; left out: inbound")
    one.add_argument("--party", choices=[word.name for word in Party], default="debtor")
    for name in ("debt", "creditor", "address"):
        one.add_argument(f"--{name}", metavar="ID")
    _wider(one)
    one.add_argument("--source", default="", metavar="TEXT")

    one = _operation(verbs, "fact", "record a consent, opt-out, hold, date, or the person's hours")
    _told(one)
    one.add_argument("--fact", metavar="NAME", help="opt_out, prior_consent …; '!NAME': it is not so")
    one.add_argument(
        "--hold", metavar="NAME", help="attorney, bankruptcy, deceased, dispute, hardship; '!NAME' lifts it"
    )
    one.add_argument("--date", metavar="NAME=DATE", help="such as due_date=2026-01-01")
    one.add_argument("--wanted-hours", metavar="HOURS", help="such as '18:00-20:00;sat 09:00-12:00'; '' takes it back")
    one.add_argument("--unwanted-hours", metavar="HOURS")
    one.add_argument("--scope", choices=("person", "debt", "address"), help="left out: that of the fact's name")
    one.add_argument("--id", metavar="ID", help="the debt or address that it is about")
    one.add_argument("--channel", choices=_CHANNELS, help="of this channel alone")
    one.add_argument("--from", dest="since", metavar="TIME")
    one.add_argument("--until", metavar="TIME")

    one = _operation(verbs, "promise", "record a promise to pay, or that payment is not possible before a day")
    _told(one)
    one.add_argument("--due", metavar="DATE", help="the day on which payment was promised")
    one.add_argument("--cannot-pay-until", metavar="DATE", help="instead: the day before which it is not possible")
    one.add_argument("--debt", metavar="ID")
    one.add_argument("--amount", default="", metavar="TEXT")


def _told(verb: argparse.ArgumentParser) -> None:
    _person(verb)
    verb.add_argument("--source", required=True, metavar="TEXT", help="how it is known: a call, a letter, a register")
    verb.add_argument("--evidence", default="", metavar="TEXT", help="where the proof is kept")
    verb.add_argument("--by", default="", metavar="WHO", help="who recorded it")


def _add_questions(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    _contact(_operation(verbs, "allowances", "how often each counting rule was used, what is left, and when next"))
    _person(_operation(verbs, "timeline", "all that is recorded of a person, across channels"))


def _add_files(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    one = _verb(verbs, "serve", "ledger_actions.run_server", "own the ledger and answer over a Unix socket")
    add_ledger(one)
    one.add_argument("--socket", type=Path, metavar="PATH", help="left out: LEDGER.sock")
    _law(one)

    one = _verb(verbs, "check", "ledger_check.run_check", "walk the chain, and count anew from the record")
    add_ledger(one, positional=True)
    one.add_argument("--checkpoint", type=Path, metavar="FILE", help="left out: FILE.checkpoint, if there is one")
    one.add_argument("--json", action="store_true")

    one = _verb(verbs, "import", "ledger_import.run_import", "take in attempts of the past, once each")
    add_ledger(one, positional=True)
    one.add_argument("--tenant", required=True, metavar="NAME", help="whose attempts they are")
    one.add_argument(
        "--history", required=True, metavar="PAST", help="columns as in docs/lists.md; - for standard input"
    )
    one.add_argument("--format", choices=("csv", "ndjson", "parquet"), help="left out: by its ending, csv for -")
    one.add_argument("--ignore", action="append", default=[], metavar="COLUMN", help="a column of your own; * for all")
    one.add_argument("--default-country", metavar="CC", help="country of numbers without +")
    one.add_argument("--source", default="", metavar="TEXT", help="the system they come from")
    one.add_argument("--bad", metavar="FILE", help="where bad lines go (PAST.bad.csv)")
    one.add_argument("--socket", type=Path, metavar="PATH", help="of the ledger's owner; left out: FILE.sock")
    one.add_argument("--lang", choices=LANGUAGES, default="en", help="of the bad lines")
    one.add_argument("--quiet", action="store_true", help="no progress")

    one = _verb(verbs, "export", "ledger_export.run_export", "the ledger as Parquet, one file a day; it holds payloads")
    add_ledger(one, positional=True)
    one.add_argument("--out", type=Path, required=True, metavar="DIR", help="remembered, so that erasing reaches it")

    one = _operation(verbs, "erase", "destroy a person's data under privacy law; counts and chain stay")
    _person(one)
    one.add_argument("--yes", action="store_true", help="do not ask")


def _add_race(verbs: _Verbs[argparse.ArgumentParser]) -> None:
    one = _verb(
        verbs, "race", "ledger_race.run_race", "many reservations at once against a cap, to show the count is exact"
    )
    one.add_argument("--cap", type=_count, default=1, metavar="N", help="reservations that the made-up rule allows (1)")
    one.add_argument("--parallel", type=_count, default=10_000, metavar="N", help="reservations at once, a key (10000)")
    one.add_argument("--keys", type=_count, default=1, metavar="N", help="persons that are raced for, all at once (1)")
    one.add_argument("--store", choices=("memory", "sqlite", "postgres"), default="memory")
    one.add_argument("--limit", choices=("attempts", "conversations", "channels"), default="attempts",
                     help="what is capped; channels: a lock, so that one of two channels gets through")  # fmt: skip
    one.add_argument("--dsn", metavar="URL", help="of a PostgreSQL server; left out: a private one for the race")
    one.add_argument("--runs", type=_count, default=1, metavar="N", help="races, each on a new ledger (1)")
    one.add_argument("--kill-random", type=_count, default=0, metavar="N",
                     help="kill the processes that reserve, with SIGKILL, so often")  # fmt: skip
    one.add_argument("--seed", type=int, default=1, metavar="N", help="of the moments of the kills")


def _count(text: str) -> int:
    if not text.isascii() or not text.isdecimal() or not 0 < int(text) <= 1_000_000:
        raise argparse.ArgumentTypeError(f"{text!r} is no count; write a whole number from 1 to 1000000")
    return int(text)
