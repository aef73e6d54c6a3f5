"""What the gate, the engine and the ledger raise, as the problem that a client is told."""

from __future__ import annotations

from cadencia.api.problem import STATUS, Problem, Wrong
from cadencia.dialer.refusals import BusyError, GateError
from cadencia.engine.asked import QueryError
from cadencia.store.ledger import LedgerError
from cadencia.store.records import ClashError, RecordsError

#: The gate's code -> ours, where they are not the same.
_OTHERS = {"key_reused": "idempotency_key_reused"}
#: The first word of what the engine says of a field -> where the field is in a decision's body.
_FIELDS = {
    "facts": "/facts", "dates": "/dates", "numbers": "/numbers", "at": "/at", "wanted_hours": "/person/wanted_hours",
    "unwanted_hours": "/person/unwanted_hours", "debts": "/debt/others",
}  # fmt: skip


def problem_of(error: Exception) -> Problem:
    """The problem of any exception; what nobody foresaw is `internal`, without its text."""
    if isinstance(error, Problem):
        return error
    if isinstance(error, BusyError):
        return Problem("busy", headers=[("Retry-After", "1")])
    if isinstance(error, LedgerError):
        return Problem("ledger_unavailable", headers=[("Retry-After", "5")])
    if isinstance(error, RecordsError):
        return Problem("records_unavailable", headers=[("Retry-After", "5")])
    if isinstance(error, ClashError):
        return Problem("moved")
    if isinstance(error, GateError):
        code = _OTHERS.get(error.code, error.code)
        return Problem(code) if code in STATUS else _of_field(str(error))
    if isinstance(error, QueryError):
        return _of_field(str(error))
    return Problem("internal")


def _of_field(said: str) -> Problem:
    name, colon, text = said.partition(": ")
    names = name.split(", ") if colon else []
    where = next((_FIELDS[each] for each in names if each in _FIELDS), "")
    return Problem("invalid_fields", [Wrong(where, "refused", {"said": text if where else said})])
