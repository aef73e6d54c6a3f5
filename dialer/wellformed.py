"""What is given to the gate, before it is used or written: texts, ids, addresses and payloads that can be read again.
GateError names the field and the cure."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from cadencia.dialer.refusals import GateError
from cadencia.store.projection import Payload, read_raw, written

#: E.164: at most 15 digits, the first of the country.
E164 = re.compile(r"\+[1-9][0-9]{1,14}")
_LIKE_A_PHONE = re.compile(r"\+.*|[0-9 ()./-]{7,}", re.DOTALL)
_BETWEEN_DIGITS = str.maketrans("", "", " ()./-\u00a0\u2010\u2011\u2013")


def text(field: str, value: object, *, empty: bool = False) -> str:
    """The value, if it is a text of Unicode, and one that says something unless it may be empty."""
    if not isinstance(value, str):
        raise GateError(f"{field}: a text is needed, not {type(value).__name__}")
    if not value and not empty:
        raise GateError(f"{field}: it is empty; say which, or leave it out where it may be left out")
    if not value.isascii() and any("\ud800" <= char <= "\udfff" for char in value):
        raise GateError(f"{field}: it has half of a character (a lone surrogate); send text of Unicode")
    return value


def stated(field: str, value: object) -> str | None:
    """The same of an id that may be left out."""
    return None if value is None else text(field, value)


def phone(field: str, value: object) -> str:
    """The value, if it is a number in E.164: written otherwise, an objection to it would be missed."""
    if not E164.fullmatch(text(field, value)):
        raise GateError(f"{field}: write the number in E.164, + and digits without spaces, like +573001234567")
    return str(value)


def address(field: str, value: object) -> str:
    """A mailbox, street or id as it is; a phone number in E.164, one with + brought to it."""
    given = text(field, value)
    if not _LIKE_A_PHONE.fullmatch(given.strip()):
        return given
    return phone(field, given.strip().translate(_BETWEEN_DIGITS))


def moment(field: str, value: object) -> None:
    """Nothing, if it is a time with its zone."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise GateError(f"{field}: a time with its zone or offset is needed, like 2026-05-18T09:00-05:00")


def told(payload: Payload) -> bytes:
    """The payload as it is written, once it was read back: one that nobody can read keeps its person from being
    evaluated for ever."""
    try:
        raw = written(payload)
        read_raw(raw, type(payload))
    except (ValueError, TypeError, OverflowError, RecursionError) as problem:
        raise GateError(where(problem)) from None
    return raw


def where(problem: Exception) -> str:
    """The field and what is wrong with it."""
    if isinstance(problem, UnicodeError):
        return "a text has half of a character (a lone surrogate); send text of Unicode"
    if not isinstance(problem, msgspec.ValidationError):
        return f"a value cannot be written as JSON: {problem}"
    wrong, _, path = str(problem).partition(" - at `$.")
    return f"{path.rstrip('`') or 'payload'}: {wrong[:1].lower()}{wrong[1:]}"
