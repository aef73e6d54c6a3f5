"""`cadencia ledger`: one operation each, on a file that nobody else owns."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from cadencia.cli.ledger_text import tell
from cadencia.store.owner import Owner
from tests.unit.cli.ledgers import CONTACT, PERSON, Desk

TOLD = ("--source", "a call")


def test_reserve_counts_and_the_same_key_reserves_nothing(desk: Desk) -> None:
    first = desk.answer("reserve", *CONTACT, "--key", "k1")
    assert (first["verdict"], first["replayed"]) == ("allow", False)
    again = desk.answer("reserve", *CONTACT, "--key", "k1")
    assert (again["attempt"], again["permit"], again["replayed"]) == (first["attempt"], first["permit"], True)
    assert desk.answer("allowances", *CONTACT)["allowances"][0]["used"] == 1
    desk.reserved("k2")
    code, out, _ = desk.run("reserve", *CONTACT, "--key", "k3", "--lang", "es")
    assert code == 1
    assert out.startswith("negado\n  CO.small.two-a-week: art. 1: Como máximo dos contactos en 7 días")
    assert "\nabre a las " in out
    assert desk.run("reserve", *CONTACT, "--debt", "d2", "--key", "k1")[0] == 1


def test_reserve_tells_its_permit(desk: Desk) -> None:
    code, out, err = desk.run("reserve", *CONTACT, "--key", "k1", "--lang", "pt")
    assert code == 0
    assert "não havia tal livro, começa-se um novo" in err and "nenhum outro comando pode colocar esta permissão" in err
    assert "não havia" not in desk.run("reserve", *CONTACT, "--key", "k2", "--lang", "pt")[2]
    assert [line.split(":")[0] for line in out.splitlines()] == ["permitido", "tentativa", "permissão",
                                                                 "coloque-a antes de 2026-05-19 15"]  # fmt: skip


def test_a_permit_of_another_process_is_not_placed(desk: Desk) -> None:
    permit = str(desk.answer("reserve", *CONTACT, "--key", "k1")["permit"])
    code, out, _ = desk.run("place", permit)
    assert code == 1
    assert out.startswith("refused: it must not leave\n  permit_expired: ")
    assert "permit_expired: A permissão venceu" in desk.run("place", permit, "--lang", "pt")[1]


def test_settle_and_correct(desk: Desk) -> None:
    attempt = desk.reserved()
    assert desk.run("settle", attempt, "no_answer", "--source", "switch") == (0, "settled\n", "")
    code, out, err = desk.run("settle", attempt, "busy")
    assert (code, out) == (1, "")
    assert err.startswith("not done (already_settled): this attempt ended as no_answer")
    assert desk.run("correct", attempt, "right_party_contact", "--lang", "es")[1] == "corregido: se contó de nuevo\n"
    assert desk.answer("correct", attempt, "busy")["error"] == "already_corrected"
    moments = desk.answer("timeline", *PERSON)["timeline"]
    assert [one["kind"] for one in moments] == ["reserved", "settled", "corrected"]
    assert desk.run("timeline", *PERSON)[1].splitlines()[0].split() == ["at", "(UTC)", "entry", "channel", "outcome",
                                                                        "attempt"]  # fmt: skip


def test_a_reservation_of_another_process_is_not_released(desk: Desk) -> None:
    """It may have left before that process ended."""
    attempt = desk.reserved()
    code, out, err = desk.run("release", attempt, "--why", "the agent left")
    assert (code, out) == (1, "")
    assert err.startswith("not done (permit_spent): this attempt is of before the gate was opened and may have left")
    assert desk.answer("allowances", *CONTACT)["allowances"][0]["used"] == 1
    assert desk.run("settle", attempt, "no_answer")[0] == 0


def test_what_is_recorded_decides(desk: Desk) -> None:
    assert desk.run("inbound", *PERSON, "--at", "2026-05-19T14:00Z")[0] == 2, "a ledger is not made by a slip"
    desk.reserved()
    assert desk.run("inbound", *PERSON, "--at", "2026-05-19T14:00Z", "--debt", "d1")[:2] == (0, "recorded\n")
    assert desk.run("promise", *PERSON, *TOLD, "--due", "2026-06-01", "--debt", "d1", "--amount", "10 EUR")[0] == 0
    assert desk.run("promise", *PERSON, *TOLD, "--cannot-pay-until", "2026-06-01")[0] == 0
    assert desk.run("fact", *PERSON, *TOLD, "--date", "due_date=2026-01-01", "--id", "d1")[0] == 0
    assert desk.run("fact", *PERSON, *TOLD, "--wanted-hours", "18:00-20:00;sat 09:00-12:00")[0] == 0
    assert desk.run("fact", *PERSON, *TOLD, "--wanted-hours", "")[0] == 0
    assert desk.run("fact", *PERSON, *TOLD, "--fact", "!prior_consent", "--channel", "sms", "--until",
                    "2026-06-01T00:00Z")[0] == 0  # fmt: skip
    assert desk.run("fact", *PERSON, *TOLD, "--hold", "attorney", "--lang", "es")[1] == "registrado\n"
    denied = desk.answer("reserve", *CONTACT, "--key", "k2")["decision"]["reasons"]
    assert [reason["rule"] for reason in denied] == ["hold"]
    assert desk.run("fact", *PERSON, *TOLD, "--hold", "!attorney")[0] == 0
    assert desk.answer("reserve", *CONTACT, "--key", "k3")["verdict"] == "allow"
    kinds = [one["kind"] for one in desk.answer("timeline", *PERSON)["timeline"]]
    assert sorted(kinds) == sorted(["inbound", "reserved", *["promise"] * 2, *["fact"] * 6, "decided", "reserved"])


@pytest.mark.parametrize(
    ("verb", "more", "code", "error"),
    [
        ("settle", ("0" * 32 + "-" + "1" * 16, "busy"), 1, "unknown_attempt"),
        ("settle", ("zzz", "busy"), 1, "unknown_attempt"),
        ("place", ("zzz",), 1, "unknown_attempt"),
        ("place", ("aGVsbG8",), 1, "unknown_attempt"),
        ("settle", ("ATTEMPT", "vanished"), 2, "bad_request"),
        ("settle", ("ATTEMPT", "busy", "--at", "2026-05-19T15:10Z"), 1, "impossible_time"),
        ("settle", ("ATTEMPT", "busy", "--at", "2026-05-18T15:00Z"), 1, "impossible_time"),
        ("correct", ("ATTEMPT", "busy"), 1, "not_settled"),
        ("timeline", ("--tenant", "t", "--person", "nobody"), 1, "unknown_person"),
        ("timeline", ("--tenant", "t", "--person", ""), 2, "bad_request"),
        ("allowances", (*CONTACT[:2], "--person", "nobody", "--phone", "+573001234567"), 1, "unknown_person"),
        ("erase", ("--tenant", "t", "--person", "nobody", "--yes"), 1, "unknown_person"),
        ("inbound", (*PERSON, "--at", "2026-05-20T00:00Z"), 1, "impossible_time"),
        ("fact", (*PERSON, *TOLD, "--fact", "nonsense"), 2, "bad_request"),
        ("fact", (*PERSON, *TOLD, "--hold", "nonsense"), 2, "bad_request"),
        ("reserve", (*CONTACT, "--key", "k9", "--event", "2026-05-17T10:00-05:00 call busy"), 2, "bad_request"),
        (
            "reserve",
            (*CONTACT, "--key", "k9", "--channel", "call", "--also-debt", "d1", "--debt", ""),
            2,
            "bad_request",
        ),
    ],
)
def test_a_refusal_has_a_name_and_no_effect(
    desk: Desk, verb: str, more: tuple[str, ...], code: int, error: str
) -> None:
    attempt = desk.reserved()
    more = tuple(one.replace("ATTEMPT", attempt) for one in more)
    before = len(desk.answer("timeline", *PERSON)["timeline"])
    assert desk.run(verb, *more)[0] == code
    answer = desk.answer(verb, *more)
    assert (answer["error"], bool(answer["message"])) == (error, True)
    assert len(desk.answer("timeline", *PERSON)["timeline"]) == before


@pytest.mark.parametrize(
    ("verb", "more", "told"),
    [
        ("settle", ("x", "busy", "--at", "yesterday"), "not a time; write it as"),
        ("settle", ("x", "busy", "--at", "2026-05-19T10:00"), "which zone?"),
        ("fact", (*PERSON, *TOLD), "say one thing"),
        ("fact", (*PERSON, *TOLD, "--fact", "opt_out", "--hold", "attorney"), "say one thing"),
        ("fact", (*PERSON, *TOLD, "--date", "due_date=soon"), "not a day"),
        ("fact", (*PERSON, *TOLD, "--wanted-hours", "all day"), "write hours as"),
        ("fact", (*PERSON, *TOLD, "--fact", "opt_out", "--until", "soon"), "--until soon: not a time"),
        ("promise", (*PERSON, *TOLD), "say one of --due DATE"),
        ("reserve", (*CONTACT, "--key", "k", "--root", "/nonexistent"), "no such folder"),
        ("reserve", (*CONTACT, "--key", "k", "--policy", "no-such"), "no-such"),
        ("reserve", (*CONTACT, "--key", "k", "--channel", "smoke"), "smoke"),
        ("timeline", (*PERSON, "--socket", "/nonexistent/s"), "nobody listens"),
        ("timeline", PERSON, "no such file"),
    ],
)
def test_wrong_usage(desk: Desk, verb: str, more: tuple[str, ...], told: str) -> None:
    code, out, err = desk.run(verb, *more)
    assert (code, out) == (2, "")
    assert err.startswith(f"cadencia ledger {verb}: ") and told in err


def test_a_secret_that_is_none(desk: Desk) -> None:
    for text, told in (("xyz", "hexadecimal"), ("00" * 8, "holds 8 bytes")):
        desk.secret.write_text(text)
        code, _, err = desk.run("timeline", *PERSON)
        assert code == 2
        assert told in err


def test_a_secret_that_others_may_read_is_told_once(desk: Desk) -> None:
    desk.secret.chmod(0o640)
    _, _, err = desk.run("reserve", *CONTACT, "--key", "k1")
    told = f"{desk.secret}: others may read this secret, and with it the ledger; chmod 600 {desk.secret}\n"
    assert err.count(told) == 1
    assert told not in desk.run("timeline", *PERSON)[2]


def test_another_secret(desk: Desk) -> None:
    desk.reserved()
    desk.secret.write_text("11" * 32)
    code, _, err = desk.run("timeline", *PERSON)
    assert code == 2
    assert "another secret" in err


def test_beside_an_owner_one_may_look(desk: Desk) -> None:
    attempt = desk.reserved()
    owner = Owner(desk.ledger)
    try:
        assert desk.answer("allowances", *CONTACT)["allowances"][0]["used"] == 1
        assert desk.run("timeline", *PERSON)[0] == 0
        code, _, err = desk.run("settle", attempt, "busy")
        assert code == 2
        assert "share the one ledger" in err
    finally:
        owner.release()


def test_looking_and_recording_publish_no_rulebook(desk: Desk) -> None:
    desk.reserved()
    desk.run("fact", *PERSON, *TOLD, "--fact", "opt_out", "--channel", "sms")
    desk.run("timeline", *PERSON)
    published = json.loads(desk.run("check", "--json")[1])["entries"]
    desk.run("allowances", *CONTACT)
    assert json.loads(desk.run("check", "--json")[1])["entries"] == published


def test_what_wider_subjects_a_contact_names_is_recorded(desk: Desk) -> None:
    named = ("--household", "h1", "--workplace", "w1", "--account", "a1")
    attempt = str(desk.answer("reserve", *CONTACT, *named, "--key", "k1")["attempt"])
    assert desk.run("settle", attempt, "busy")[0] == 0
    assert desk.run("inbound", *PERSON, *named)[0] == 0
    told = [one["told"] for one in desk.answer("timeline", *PERSON)["timeline"]]
    (asked,) = [one["query"] for one in told if "query" in one]
    (came,) = [one for one in told if one.get("outcome") == "inbound"]
    for one in (asked, came):
        assert (one["household"], one["workplace"], one["account"]) == ("h1", "w1", "a1")
    assert desk.run("check")[0] == 0


def test_allowances_say_whose_contacts_are_counted_where_not_the_persons_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    own = {"rule": "US.own", "debt": None, "used": 1, "at_most": 3, "left": 2, "next_at": None, "retry": "at"}
    tell({"allowances": [own | {"base": "person"}, own | {"rule": "US.all", "base": "household"}]}, "en", tmp_path)
    heads, first, second = capsys.readouterr().out.splitlines()
    assert heads.endswith("contacts of")
    assert (first.strip().endswith("the person"), second.strip().endswith("the household")) == (True, True)
    tell({"allowances": [own | {"base": "person"}]}, "en", tmp_path)
    assert "contacts of" not in capsys.readouterr().out
