"""The shipped law of a household at the command line: Washington counts what is said to both spouses together."""

from __future__ import annotations

from cadencia.rules.cache import jurisdictions_folder
from tests.unit.cli.ledgers import Desk

RULE = "US-WA.wa.three-a-week"
PLACE = ("--tenant", "t", "--region", "US-WA", "--zone", "America/Los_Angeles", "--initiator", "manual",
         "--root", str(jurisdictions_folder()))  # fmt: skip
ANA = (*PLACE, "--person", "ana", "--phone", "+12065550123", "--debt", "d1", "--creditor", "c1")
LUIS = (*PLACE, "--person", "luis", "--party", "spouse", "--phone", "+12065550124", "--debt", "d1", "--creditor", "c1")
HOME = ("--household", "h1")
NOON_S = 4 * 3600  # after eight in Seattle


def spoken_to(desk: Desk, *lines: str) -> None:
    """Attempts of before, of spouses who live together."""
    path = desk.folder / "past.csv"
    path.write_text("\n".join(("person,at,channel,kind,party,household", *lines)) + "\n")
    assert desk.run("import", "--tenant", "t", "--history", str(path))[0] == 0
    desk.times.go(NOON_S)


BOTH = (
    "ana,2026-05-16T12:00-07:00,email,message_delivered,debtor,h1",
    "luis,2026-05-17T12:00-07:00,email,message_delivered,spouse,h1",
)
THREE = (*BOTH, "luis,2026-05-18T12:00-07:00,email,message_delivered,spouse,h1")


def test_of_both_spouses_three_a_week_are_allowed(desk: Desk) -> None:
    spoken_to(desk, *BOTH)
    (one,) = [one for one in desk.answer("allowances", *ANA, *HOME)["allowances"] if one["rule"] == RULE]
    assert (one["used"], one["left"], one["base"]) == (2, 1, "household")
    permit = desk.answer("reserve", *LUIS, *HOME, "--key", "k1")
    assert permit["verdict"] == "allow", permit["decision"]["reasons"]
    denied = desk.answer("reserve", *ANA, *HOME, "--key", "k2")["decision"]["reasons"]
    assert RULE in [reason["rule"] for reason in denied]
    assert desk.run("settle", permit["attempt"], "no_answer")[0] == 0  # it frees one: nothing was talked or delivered
    assert desk.answer("reserve", *ANA, "--household", "h2", "--key", "k3")["verdict"] == "allow"
    moved = desk.answer("reserve", *LUIS, *HOME, "--key", "k4")["decision"]["reasons"]  # she stays of the former, too
    assert RULE in [reason["rule"] for reason in moved]
    assert desk.run("check")[0] == 0


def test_what_a_spouse_had_before_the_household_was_stated_counts(desk: Desk) -> None:
    spoken_to(desk, *(line.replace("debtor,h1", "debtor,") for line in THREE),
              "ana,2026-05-18T13:00-07:00,email,message_delivered,debtor,")  # fmt: skip
    denied = desk.answer("reserve", *ANA, *HOME, "--key", "k1")["decision"]["reasons"]
    assert RULE in [reason["rule"] for reason in denied]
    again = desk.answer("allowances", *ANA)["allowances"]  # from now on it is known
    assert [(one["used"], one["base"]) for one in again if one["rule"] == RULE] == [(4, "household")]
    assert desk.run("check")[0] == 0


def test_the_fourth_is_denied_in_words(desk: Desk) -> None:
    spoken_to(desk, *THREE)
    for language, said in (
        ("en", "for each household (all its members together)"), ("es", "por cada hogar (todos sus miembros juntos)"),
        ("pt", "para cada domicílio (todos os seus moradores juntos)"),
    ):  # fmt: skip
        code, out, _ = desk.run("reserve", *ANA, *HOME, "--key", "k1", "--lang", language)
        (line,) = [line for line in out.splitlines() if RULE in line]
        assert (code, said in line) == (1, True), line


def test_a_spouse_of_no_household_is_denied_in_words(desk: Desk) -> None:
    desk.times.go(NOON_S)
    answer = desk.answer("reserve", *LUIS, "--key", "k1")["decision"]
    assert {"household_unknown", RULE} <= {reason["rule"] for reason in answer["reasons"]}
    assert (answer["retry_at"], answer["retry"]) == (None, "needs_fact")
    for language, said in (
        ("en", "The contact is counted with the whole household, and its household is not known: state the household."),
        ("es", "El contacto se cuenta con todo el hogar y no se conoce el hogar: indique el hogar."),
        ("pt", "O contato é contado com todo o domicílio, e o domicílio não é conhecido: informe o domicílio."),
    ):
        code, out, _ = desk.run("reserve", *LUIS, "--key", "k1", "--lang", language)
        assert (code, f"  household_unknown: {said}\n" in out) == (1, True), out
    assert desk.answer("reserve", *LUIS, *HOME, "--key", "k2")["verdict"] == "allow"
