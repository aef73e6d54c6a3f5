"""`cadencia screen LIST -o OUT --at …`: a whole list, each contact with its verdict, reasons and opening."""

from __future__ import annotations

import argparse
import io
import os
import sys
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeElapsedColumn

from cadencia.cli.rulebook import RulebookError, opened_rulebook
from cadencia.cli.rules import POLICY_HELP
from cadencia.engine.words import Actor, Channel, Initiator, Purpose

if TYPE_CHECKING:
    from cadencia.lists.render import Summary
    from cadencia.lists.screen import OnProgress, ScreenReport, Settings

GOOD, FAILED, UNUSABLE, SOME_BAD = 0, 1, 2, 3
_FIRST_YEAR, _LAST_YEAR = 2000, 2100
_WIDTH = 140  # columns of the summary where there is no terminal to ask
_EPILOG = """exit codes: 0 all lines good · 3 some lines bad, the others are done · 2 wrong use or unreadable input ·
1 failure inside. The columns of lists and histories are described in docs/lists.md."""


def add(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The command's options."""
    parser = commands.add_parser(
        "screen", help="screen a list: CSV, NDJSON, Parquet", description=__doc__, epilog=_EPILOG
    )
    parser.set_defaults(run=run)
    parser.add_argument("list", metavar="LIST", help="the list; - is standard input")
    parser.add_argument(
        "-o", "--output", required=True, metavar="OUT", help="where the answers go; - is standard output"
    )
    parser.add_argument("--at", metavar="TIME", help="the instant asked about, with its offset; left out: now")
    parser.add_argument("--history", metavar="FILE", help="past contact attempts")
    parser.add_argument("--bad", metavar="FILE", help="where bad lines go (OUT.bad.csv)")
    for name, what in (("--format", "the list"), ("--output-format", "the answers")):
        parser.add_argument(
            name, choices=("csv", "ndjson", "parquet"), help=f"of {what}; left out: by its ending, csv for -"
        )
    parser.add_argument(
        "--ignore", action="append", default=[], metavar="COLUMN", help="a column of your own; * for all"
    )
    parser.add_argument(
        "--default-country", metavar="CC", help="country of lines that do not say, and of numbers without +"
    )
    for name, words, default in (
        ("channel", Channel, "call"), ("actor", Actor, "third_party_collector"), ("purpose", Purpose, "collections"),
        ("initiator", Initiator, "predictive"),
    ):  # fmt: skip
        parser.add_argument(
            f"--{name}", choices=[word.name for word in words], default=default, help="of lines that do not say"
        )
    parser.add_argument("--threads", type=int, default=1, metavar="N", help="threads that decide (1)")
    parser.add_argument("--plot", metavar="FILE", help="the unlock curve as .png or .svg")
    parser.add_argument(
        "--plot-by", choices=("country", "reason"), default="country", help="what the areas of the plot show"
    )
    parser.add_argument("--root", metavar="DIR", help="folder of jurisdiction files; left out: those shipped")
    parser.add_argument("--policy", action="append", default=[], metavar="NAME|FILE", help=POLICY_HELP)
    parser.add_argument("--lang", choices=("es", "en", "pt"), default="en", help="of the summary and the bad lines")
    parser.add_argument("--quiet", action="store_true", help="no progress, no summary")


def run(args: argparse.Namespace) -> int:
    """Screens the list; see the exit codes in --help."""
    from cadencia.lists.schema import ListError

    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    try:
        return _run(args)
    except (ListError, RulebookError, argparse.ArgumentTypeError) as error:
        errors.print(f"cadencia screen: {error}", markup=False)
        return UNUSABLE
    except BrokenPipeError:
        # whoever read our output has gone; there is nobody left to write to
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FAILED
    except KeyboardInterrupt:
        errors.print("cadencia screen: interrupted; no file was written", markup=False)
        return FAILED
    except Exception as error:  # noqa: BLE001 - the last resort of a command: name the fault, exit 1
        # where, not what: the text of an error may quote a number or a name, and this line ends up in logs
        place = traceback.extract_tb(error.__traceback__)[-1]
        fault = f"{type(error).__name__} in {Path(place.filename).name}:{place.lineno}"
        errors.print(
            f"cadencia screen: a failure inside ({fault}); no file was written; please report it", markup=False
        )
        return FAILED


def _run(args: argparse.Namespace) -> int:
    from cadencia.engine.decide import Engine
    from cadencia.lists.plot import check_plot, write_plot
    from cadencia.lists.screen import screen_file
    from cadencia.lists.target import check_paths, is_plain

    settings = _settings(args)
    if args.plot:
        check_plot(args.plot)
        bad = args.bad or (f"{args.output}.bad.csv" if is_plain(args.output) else None)
        inputs = {"the list": args.list, "the history": args.history}
        check_paths(inputs, {"the answers": args.output, "the bad lines": bad, "the plot": args.plot})
    engine = Engine(opened_rulebook(args.root, args.policy))
    with _progress(args) as on_progress:
        report = screen_file(engine, args.list, args.output, settings, history=args.history, on_progress=on_progress)
    if args.plot:
        write_plot(report, args.plot, by=args.plot_by, language=args.lang)
    if not args.quiet:
        _tell(args, report)
    return SOME_BAD if report.some_bad else GOOD


def _settings(args: argparse.Namespace) -> Settings:
    from cadencia.lists.queries import Defaults
    from cadencia.lists.schema import ListError
    from cadencia.lists.screen import Settings

    country = args.default_country
    if country is not None and not (len(country) == 2 and country.isascii() and country.isalpha()):
        raise ListError(f"--default-country {country}: two letters of ISO 3166-1, such as CO")
    if args.threads < 1:
        raise ListError(f"--threads {args.threads}: at least 1")
    country = country.upper() if country else None
    return Settings(
        at=_instant(args.at), format=args.format, out_format=args.output_format, bad=args.bad,
        ignore=tuple(args.ignore), threads=args.threads, language=args.lang,
        defaults=Defaults(args.channel, args.actor, args.purpose, args.initiator, country),
    )  # fmt: skip


def _instant(text: str | None) -> datetime:
    """The instant of --at; left out, the system's clock, which is read here once."""
    from cadencia.lists.schema import ListError

    if text is None:
        return datetime.now(UTC).astimezone().replace(microsecond=0)
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise ListError(f"--at {text}: not a time; write it as 2026-05-18T09:00-05:00") from None
    if at.tzinfo is None:
        raise ListError(f"--at {text}: which zone? Write its offset: {text}-05:00, or {text}Z for UTC")
    if not _FIRST_YEAR <= at.year < _LAST_YEAR:
        raise ListError(f"--at {text}: a year from {_FIRST_YEAR} to {_LAST_YEAR - 1}")
    return at


@contextmanager
def _progress(args: argparse.Namespace) -> Iterator[OnProgress | None]:
    """A bar with the rate on a terminal; nothing elsewhere, or with --quiet."""
    console = Console(stderr=True)
    if args.quiet or not console.is_terminal:
        yield None
        return
    size = os.path.getsize(args.list) if os.path.isfile(args.list) and _counted_in_bytes(args) else None
    columns = (
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[lines]:,} lines"),
        TextColumn("{task.fields[rate]:,.0f}/s"),
    )
    with Progress(*columns, TimeElapsedColumn(), console=console, transient=True) as bar:
        task = bar.add_task("screen", total=size, lines=0, rate=0.0)
        start = time.monotonic()

        def on_progress(lines: int, done: int) -> None:
            rate = lines / max(time.monotonic() - start, 1e-6)
            bar.update(task, completed=done if size else None, lines=lines, rate=rate)

        yield on_progress
        bar.update(task, total=size or 1, completed=size or 1)  # what is left is no line: blanks, the file's own end


def _counted_in_bytes(args: argparse.Namespace) -> bool:
    return not (args.format == "parquet" or args.list.endswith((".parquet", ".pq")))


def _tell(args: argparse.Namespace, report: ScreenReport) -> None:
    """The summary: on standard output, or beside it when the answers go there."""
    from cadencia.lists.render import Summary

    terminal = Console(stderr=args.output == "-", highlight=False)
    if terminal.is_terminal:
        _print(terminal, Summary(report, args.lang, terminal.width))
        return
    # in a pipe or a file nobody wants the blanks that fill a table's lines
    told = io.StringIO()
    _print(Console(file=told, width=_WIDTH, highlight=False), Summary(report, args.lang, _WIDTH))
    terminal.file.writelines(f"{line.rstrip()}\n" for line in told.getvalue().splitlines())


def _print(console: Console, summary: Summary) -> None:
    for part in summary:
        console.print(part)
        console.print()
