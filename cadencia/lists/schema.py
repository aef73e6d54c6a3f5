"""The columns of lists and histories: one table that the readers, the checks and docs/lists.md agree on."""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import NamedTuple

from cadencia.engine.words import DATES
from cadencia.rules.visible import visible

#: what was found where there is no text to quote
NOTHING, EMPTY_VALUE, TOO_MANY = "nothing", "an empty value between semicolons", "too many values"
#: between a name and the line that has it already
TAKEN = ", already on line "
#: how alike a name must be to one of ours to be taken for a slip of the pen: phnoe is, color for actor is not
_ALIKE = 0.7


class ListError(ValueError):
    """The whole file cannot be used. The message says where, what and the cure."""


class BadLine(NamedTuple):
    """One mistake on one line, as it is written to the file of bad lines."""

    line: int
    ref: str
    field: str
    found: str
    cure: str
    source: str = "list"


def in_line_order(*several: list[BadLine]) -> list[BadLine]:
    """The mistakes of several passes as the file has their lines; those of one line in the order of the passes."""
    return sorted((bad for some in several for bad in some), key=lambda bad: bad.line)


@dataclass(frozen=True)
class Column:
    """One column: its type in words, an example, and what it says."""

    name: str
    type: str
    example: str
    says: str
    required: bool = False


LIST_COLUMNS = (
    Column("ref", "text, 1 to 100 characters", "L-000123", "your name for the line; unique in the file", required=True),
    Column("person", "text", "P-0042", "whose history counts; left out, the line is a person of its own"),
    Column("debt", "text", "D-77", "the debt"),
    Column("debts", "texts separated by ;", "D-77;D-78", "several debts; instead of `debt`"),
    Column("creditor", "text", "Banco Azul", "to whom it is owed"),
    Column("phone", "E.164 number", "+573001234567", "the number; a national one needs a country"),
    Column("phones", "numbers separated by ;", "mobile:+573001234567;work:+5716012345", "several; instead of `phone`"),
    Column("address", "text", "mail-1", "your name for an address that is not a number (e-mail, letter, visit)"),
    Column("country", "ISO 3166-1 alpha-2", "CO", "clue to the place"),
    Column("region", "ISO 3166-2", "US-TX", "clue to the place: state or province"),
    Column("postal_code", "text", "79901", "clue to the place"),
    Column("locality", "text", "El Paso", "clue to the place: city"),
    Column("zone", "IANA zone", "America/Bogota", "clue to the local time"),
    Column("place", "mobile home work other unknown", "mobile", "what the address is to the person"),
    Column("channel", "channel", "call", "how; left out: --channel"),
    Column("party", "party", "debtor", "who; left out: debtor"),
    Column("actor", "actor", "creditor", "who contacts; left out: --actor"),
    Column("purpose", "purpose", "collections", "why; left out: --purpose"),
    Column("initiator", "initiator", "predictive", "what starts the attempt; left out: --initiator"),
    Column("debt_type", "debt type", "credit_card", "left out: unknown"),
    Column("stage", "stage", "administrative", "left out: unknown"),
    Column("days_past_due", "whole days, 0 or more", "45", "on the date of --at; instead of `due_date`"),
    *(Column(name, "date, YYYY-MM-DD", "2026-03-01", f"the local date of: {name.replace('_', ' ')}") for name in DATES),
    Column("amount_due", "number, 0 or more", "1250.50", "in the debt's own currency"),
    Column("instalments_overdue", "whole number, 0 or more", "3", "instalments"),
    Column("facts", "facts separated by ;", "opt_out@sms;!dispute;hold<2026-06-01T00:00Z", "known true; ! known false"),
    Column("wanted_hours", "hours separated by ;", "18:00-20:00;sat 09:00-12:00", "contact only inside them, local"),
    Column("unwanted_hours", "hours separated by ;", "12:00-14:00", "no contact inside them, local"),
    Column("caller_id", "E.164 number, or withheld", "+576013840000", "the number that would be shown"),
)  # fmt: skip

HISTORY_COLUMNS = (
    Column("person", "text", "P-0042", "joins the `person` of the list", required=True),
    Column("at", "time with offset or Z", "2026-05-15T16:20:00-05:00", "when it was placed", required=True),
    Column("channel", "channel", "call", "how", required=True),
    Column("kind", "event kind", "no_answer", "how it ended", required=True),
    Column("party", "party", "debtor", "left out: debtor"),
    Column("place", "place", "mobile", "left out: unknown"),
    Column("actor", "actor", "third_party_collector", "left out: third_party_collector"),
    Column("purpose", "purpose", "collections", "left out: collections"),
    Column("direction", "outbound inbound", "outbound", "left out: outbound"),
    Column("debt", "text", "D-77", "left out: counts for every debt"),
    Column("creditor", "text", "Banco Azul", "left out: counts for every creditor"),
    Column("address", "E.164 number, or text", "+573001234567", "left out: counts for every address"),
    Column("household", "text", "H-7", "whom the person lives with; a ledger counts by it, a screening does not"),
    Column("workplace", "text", "W-12", "where the person works; a ledger counts by it, a screening does not"),
    Column("account", "text", "A-9", "to which the debt belongs; a ledger counts by it, a screening does not"),
    Column("consented", "true false", "false", "made with prior consent; left out: false"),
    Column("event_id", "text", "E-9001", "your name for the event; rows equal in it and in all else count once"),
)

#: Columns that can tell where a person is; a list needs one of them.
CLUES = ("phone", "phones", "country", "region", "postal_code", "zone")


@dataclass(frozen=True)
class Schema:
    """The columns of one kind of file, and those of the user's own that are to be left alone."""

    source: str
    columns: tuple[Column, ...]
    ignored: tuple[str, ...] = ()
    needs_clue: bool = False
    ignore_by: str = "--ignore {}"  # how a column is left out, where this schema is used

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def ignores(self, name: str) -> bool:
        """Whether the user said that this column is not for us."""
        return name in self.ignored or "*" in self.ignored

    def check(self, path: str, found: list[str]) -> None:
        """ListError for a header that is not of this schema: twice, unknown, missing, or saying a thing in two ways."""
        for name in found:
            if found.count(name) > 1 and not self.ignores(name):
                raise ListError(f"{path}: column {name!r} is there twice; keep one")
            if name not in self.names and not self.ignores(name):
                raise ListError(f"{path}: {self.unknown(name)}")
        for column in self.columns:
            if column.required and column.name not in found:
                raise ListError(
                    f"{path}: column {column.name!r} is missing ({column.says}); found: {', '.join(found) or 'none'}"
                )
        if self.needs_clue:
            self._check_list(path, found)

    def _check_list(self, path: str, found: list[str]) -> None:
        if not any(name in found for name in CLUES):
            raise ListError(f"{path}: nothing says where the people are; add one of the columns {', '.join(CLUES)}")

    def unknown(self, name: str) -> str:
        """What to do about a column that is not ours."""
        near = difflib.get_close_matches(name, self.names, n=1, cutoff=_ALIKE)
        hint = f"did you mean {near[0]!r}? Otherwise" if near else "rename it as in docs/lists.md, or"
        return f"column {name[:60]!r} is not known; {hint} leave it out with {self.ignore_by.format(name[:60] or '*')}"


def list_schema(ignored: tuple[str, ...] = (), ignore_by: str = Schema.ignore_by) -> Schema:
    """The schema of a list of people to contact."""
    return Schema("list", LIST_COLUMNS, ignored, needs_clue=True, ignore_by=ignore_by)


def history_schema(ignored: tuple[str, ...] = (), ignore_by: str = Schema.ignore_by) -> Schema:
    """The schema of a history of attempts."""
    return Schema("history", HISTORY_COLUMNS, ignored, ignore_by=ignore_by)


def shown(text: str, limit: int = 60) -> str:
    """What was found, fit to print: control characters escaped, cut to `limit` characters."""
    return visible(text[:limit]) + ("…" if len(text) > limit else "")
