"""Only the gate makes permits, and a changed one is none."""

from __future__ import annotations

import hashlib
import hmac
from typing import Any

import msgspec
import pytest

from cadencia.dialer.permits import Permits
from cadencia.dialer.refusals import GateError, UnknownAttemptError
from tests.unit.dialer.doors import SECRET, opened, run, wanted
from tests.unit.engine.books import ALL_DAY, rule, window

PERMITS = Permits(SECRET)
FIELDS: dict[str, Any] = {
    "attempt": "a", "channel": "call", "number": "+1", "caller_id": None, "trunk": "t", "expires": 9,
}  # fmt: skip


def test_a_permit_is_the_same_for_the_same_attempt_and_known_again() -> None:
    permit = PERMITS.issue(**FIELDS)
    assert permit == Permits(SECRET).issue(**FIELDS)
    PERMITS.verify(permit)


def test_the_token_is_a_keyed_hash_of_the_fields_as_messagepack() -> None:
    key = hmac.digest(SECRET, b"cadencia permit 2", "sha256")
    text = b"\x96\xa1a\xa4call\xa2+1\xc0\xa1t\x09"
    assert PERMITS.issue(**FIELDS).token == hashlib.blake2b(text, key=key, digest_size=32).digest()


@pytest.mark.parametrize(
    "change",
    [{"attempt": "b"}, {"channel": "sms"}, {"number": "+2"}, {"caller_id": ""}, {"trunk": "u"}, {"expires": 10},
     {"token": bytes(32)}, {"number": "+1t", "trunk": ""}],
    ids=str,
)  # fmt: skip
def test_a_changed_permit_is_none(change: dict[str, Any]) -> None:
    with pytest.raises(UnknownAttemptError):
        PERMITS.verify(msgspec.structs.replace(PERMITS.issue(**FIELDS), **change))


def test_another_gates_permit_and_a_guess_are_none() -> None:
    with pytest.raises(UnknownAttemptError):
        PERMITS.verify(Permits(bytes(32)).issue(**FIELDS))
    with pytest.raises(GateError):
        PERMITS.verify("a")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="32"):
        Permits(b"short")


def test_a_permit_does_not_say_the_number_or_token() -> None:
    assert "+1" not in repr(PERMITS.issue(**FIELDS)) and "token" not in repr(PERMITS.issue(**FIELDS))


def test_place_takes_no_id_and_no_forgery() -> None:
    async def test() -> None:
        gate, _ = await opened(rule("hours", window(ALL_DAY), kind="contact_window"))
        permit = (await gate.reserve(wanted(), key="k")).permit
        assert permit is not None
        with pytest.raises(UnknownAttemptError):
            await gate.place(msgspec.structs.replace(permit, number="+573009999999"))
        with pytest.raises(GateError):
            await gate.place(permit.attempt)  # type: ignore[arg-type]
        assert (await gate.place(permit)).placed

    run(test)
