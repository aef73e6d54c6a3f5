"""Clues in, jurisdictions and zones out."""

from __future__ import annotations

from functools import cache

import msgspec
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.engine._location import PhoneTrie
from cadencia.engine.candidates import Located
from cadencia.engine.decision import Clue
from cadencia.engine.gazetteer import TRIE_ENDS, TRIE_LENGTHS, TRIE_NEXT
from cadencia.engine.location import Locator
from cadencia.engine.tables import Jurisdiction
from cadencia.rules.places import compile_places

JURISDICTIONS = {
    code: Jurisdiction(code=code, title=code, parents=parents, timezone=timezone)
    for code, parents, timezone in [
        ("US", (), ""), ("US-NY", ("US",), ""), ("US-NY-NYC", ("US-NY", "US"), ""), ("US-FL", ("US",), ""),
        ("US-MA", ("US",), ""), ("US-WA", ("US",), ""), ("CA", (), ""), ("CA-ON", ("CA",), ""),
        ("CO", (), "America/Bogota"), ("EU", (), ""), ("ES", ("EU",), ""), ("IE", ("EU",), "Europe/Dublin"),
        ("GB", (), "Europe/London"), ("AR", (), ""), ("AR-C", ("AR",), ""), ("BR", (), ""), ("BR-SP", ("BR",), ""),
        ("RU", (), ""), ("MX", (), ""), ("CL", (), "America/Santiago"), ("US-TX", ("US",), ""), ("AR-B", ("AR",), ""),
    ]
}  # fmt: skip


@cache
def tables() -> dict[str, bytes]:
    return compile_places(JURISDICTIONS)


@cache
def locator() -> Locator:
    return Locator(tables(), JURISDICTIONS)


def zones(**clues: str) -> set[str]:
    located = locator().locate(**clues)
    assert not located.problems
    return set(located.zones)


@pytest.mark.parametrize(
    ("phone", "jurisdictions", "expected"),
    [
        ("+1 212 555 0123", ("US-NY", "US"), {"America/New_York"}),
        ("+1 (850) 555-0123", ("US-FL", "US"), {"America/New_York", "America/Chicago"}),
        ("+1.689.655.0123", ("US-FL", "US"), {"America/New_York"}),
        ("+12145550123", ("US-TX", "US"), {"America/Chicago"}),
        ("+17875550123", ("US-PR", "US"), {"America/Puerto_Rico"}),
        ("+1 416 555 0123", ("CA-ON", "CA"), {"America/Toronto"}),
        ("+1 474 562 0118", ("CA-SK", "CA"), {"America/Regina", "America/Edmonton"}),
        ("+18095550123", ("DO",), {"America/Santo_Domingo"}),
        ("+526641234567", ("MX",), {"America/Tijuana"}),
        ("+52 55 1234 5678", ("MX",), {"America/Mexico_City"}),
        ("+526561234567", ("MX",), {"America/Ciudad_Juarez"}),
        ("+529871234567", ("MX",), {"America/Cancun"}),  # Cozumel, which the geocoder data puts in Querétaro
        ("+12035550123", ("US-CT", "US"), {"America/New_York"}),  # no rules known of Connecticut: the engine denies
        ("+593 5 252 6123", ("EC",), {"America/Guayaquil", "Pacific/Galapagos"}),
        ("+34 928 123 456", ("ES", "EU"), {"Atlantic/Canary"}),
        ("+34 912 345 678", ("ES", "EU"), {"Europe/Madrid"}),
        ("+34 612 345 678", ("ES", "EU"), {"Europe/Madrid", "Atlantic/Canary"}),  # a mobile is anywhere in its country
        ("+7 495 123 4567", ("RU",), {"Europe/Moscow"}),
        ("+7 4012 345 678", ("RU",), {"Europe/Kaliningrad"}),
        ("+7 701 234 5678", ("KZ",), {"Asia/Almaty"}),
        ("+5511987654321", ("BR-SP", "BR"), {"America/Sao_Paulo"}),
        ("+559232345678", ("BR-AM", "BR"), {"America/Manaus"}),
        ("+54 9 11 2345 6789", ("AR-C", "AR", "AR-B"), {"America/Argentina/Buenos_Aires"}),
        ("+56 61 223 4567", ("CL",), {"America/Punta_Arenas"}),
        ("+573001234567", ("CO",), {"America/Bogota"}),
        ("+44 (0)20 7946 0018", ("GB",), {"Europe/London"}),
        ("+447781123456", ("GG",), {"Europe/Guernsey"}),
        ("+447797123456", ("JE",), {"Europe/Jersey"}),
        ("+447624123456", ("IM",), {"Europe/Isle_of_Man"}),
        ("+390669812345", ("VA",), {"Europe/Vatican"}),
        ("+262269601234", ("YT",), {"Indian/Mayotte"}),
        ("+61891641234", ("CX",), {"Indian/Christmas"}),
        ("+4989123456", ("DE",), {"Europe/Berlin"}),  # no rules known: the engine denies by the country's code
    ],
)
def test_a_number_alone(phone: str, jurisdictions: tuple[str, ...], expected: set[str]) -> None:
    located = locator().locate(phone=phone)
    assert located.problems == ()
    assert located.jurisdictions == jurisdictions
    assert set(located.zones) == expected


def test_a_russian_mobile_may_be_on_eleven_clocks() -> None:
    assert len(zones(phone="+79161234567")) == 11
    assert zones(phone="+79161234567", region="RU-SVE") == {"Asia/Yekaterinburg"}


@pytest.mark.parametrize(
    ("phone", "jurisdictions"),
    [
        ("+18005550123", ()),
        ("+881612345678", ()),
        ("+15005550123", ()),
        ("+448001234567", ()),  # Great Britain shares its freephone numbers with Jersey, Guernsey and Man
        ("+5718000123456", ("CO",)),
    ],
)
def test_numbers_of_no_place_give_no_zone_of_their_own(phone: str, jurisdictions: tuple[str, ...]) -> None:
    located = locator().locate(phone=phone)
    assert located.jurisdictions == jurisdictions
    assert all(clue.kind == "file" for clue in located.clues if any("/" in gave for gave in clue.gave))


def test_last_resort_is_the_zone_of_the_file() -> None:
    located = locator().locate(phone="+5718000123456")
    assert located.zones == ("America/Bogota",)
    assert located.clues[-1].kind == "file"


def test_a_ported_mobile_keeps_its_area_beside_the_address() -> None:
    located = locator().locate(phone="+12125550123", region="US-WA", phone_type="mobile")
    assert set(located.jurisdictions) == {"US-NY", "US-WA", "US"}
    assert set(located.zones) == {"America/New_York", "America/Los_Angeles"}


def test_a_postal_code_narrows_its_own_state_only() -> None:
    assert zones(region="US-FL") == {"America/New_York", "America/Chicago"}
    assert zones(region="US-FL", postal_code="32501") == {"America/Chicago"}
    assert zones(region="US-FL", postal_code="32501", phone="+18505550123") == {"America/Chicago"}
    assert zones(region="US-FL", postal_code="32501", phone="+13055550123") == {"America/Chicago", "America/New_York"}
    assert zones(region="US-WA", postal_code="32501") == {"America/Chicago", "America/Los_Angeles"}


def test_a_postal_code_alone_gives_the_state() -> None:
    located = locator().locate(country="US", postal_code="02139-1234")
    assert located.jurisdictions == ("US-MA", "US")
    assert located.zones == ("America/New_York",)
    assert locator().locate(postal_code="M5V 2T6").jurisdictions == ("CA-ON", "CA")


def test_postal_codes_of_other_countries_say_nothing_and_say_so() -> None:
    located = locator().locate(country="MX", region="JAL", postal_code="44100")
    assert located.zones == ("America/Mexico_City",)
    assert [clue.gave for clue in located.clues if clue.kind == "postal_code"] == [()]


def test_a_stated_zone_narrows_the_region_and_not_a_ported_area() -> None:
    assert zones(region="US-FL", zone="America/Chicago") == {"America/Chicago"}
    assert zones(region="US-FL", zone="US/Central") == {"America/Chicago"}
    assert zones(region="US-FL", zone="America/Chicago", phone="+12125550123") == {
        "America/Chicago",
        "America/New_York",
    }
    assert zones(region="US-TX", zone="America/Chicago", phone="+18505550123") == {
        "America/Chicago",
        "America/New_York",
    }


def test_a_stated_zone_that_contradicts_counts_too() -> None:
    assert zones(region="US-WA", zone="America/New_York") == {"America/Los_Angeles", "America/New_York"}


def test_a_zone_alone_gives_no_jurisdiction() -> None:
    assert locator().locate(zone="America/Lima").place_set().jurisdictions == ()
    assert zones(zone="America/Lima") == {"America/Lima"}


def test_no_clue_gives_nothing() -> None:
    assert locator().locate() == Located()


def test_a_country_alone_may_be_on_any_of_its_clocks() -> None:
    assert zones(country="IE") == {"Europe/Dublin"}
    assert zones(country="EC") == {"America/Guayaquil", "Pacific/Galapagos"}
    assert {"America/New_York", "Pacific/Honolulu", "America/Adak"} < zones(country="US")
    assert zones(country="US", phone="+12125550123") == {"America/New_York"}
    assert zones(country="pr") == {"America/Puerto_Rico"}


def test_a_city_with_rules_is_found_by_name_and_by_postal_code() -> None:
    for clues in ({"region": "US-NY", "locality": "New York City"}, {"region": "US-NY", "postal_code": "11201"},
                  {"phone": "+12125550123", "locality": "NYC"}, {"region": "US-NY-NYC"}):  # fmt: skip
        assert set(locator().locate(**clues).jurisdictions) == {"US-NY-NYC", "US-NY", "US"}
    assert "US-NY-NYC" not in locator().locate(region="US-NY", locality="Albany").jurisdictions


def test_parents_come_with_the_jurisdiction() -> None:
    assert locator().locate(country="ES").jurisdictions == ("ES", "EU")


@pytest.mark.parametrize(
    ("clues", "cure"),
    [
        ({"phone": "call me"}, "write + and digits only"),
        ({"phone": "3001234567"}, "state the country"),
        ({"phone": "+999123456"}, "calling code"),
        ({"phone": "+5730012"}, "too short"),
        ({"phone": "+57300123456789"}, "too long"),
        ({"phone": "+491"}, "too short"),
        ({"phone": "+1 999 555 0123"}, "not assigned"),
        ({"phone": "+12125550123x99"}, "digits only"),
        ({"country": "Colombia"}, "two letters, such as CO"),
        ({"region": "US-ZZ"}, "does not exist in US"),
        ({"region": "FL"}, "such as US-FL"),
        ({"postal_code": "32501"}, "add the country"),
        ({"country": "US", "postal_code": "2139"}, "like 32501"),
        ({"zone": "Mars/Olympus"}, "such as America/Bogota"),
        ({"phone_type": "pigeon"}, "mobile, landline"),
    ],
)
def test_bad_clues_are_problems_with_a_cure_and_no_place(clues: dict[str, str], cure: str) -> None:
    located = locator().locate(**clues)
    assert len(located.problems) == 1 and cure in located.problems[0]
    assert located.zones == () or "country" in clues
    assert located.jurisdictions == () or "country" in clues


def test_a_bad_clue_does_not_spoil_the_good_ones() -> None:
    located = locator().locate(phone="nonsense", region="US-MA")
    assert located.jurisdictions == ("US-MA", "US")
    assert len(located.problems) == 1


@pytest.mark.parametrize("phone", ["+573009998887", "+57300999888777", "3009998887", "tel 3009998887"])
def test_no_problem_or_clue_repeats_the_number(phone: str) -> None:
    located = locator().locate(phone=phone)
    assert located.problems or located.clues
    assert "9998" not in repr(located)


@pytest.mark.parametrize(
    ("phone", "country", "same_as"),
    [
        ("300 123 4567", "CO", "+573001234567"),
        ("573001234567", "CO", "+573001234567"),
        ("00573001234567", "CO", None),  # several carriers' codes lead abroad from Colombia
        ("020 7946 0018", "GB", "+442079460018"),
        ("(305) 555-0123", "US", "+13055550123"),
        ("1 305 555 0123", "US", "+13055550123"),
        ("011 57 300 123 4567", "US", "+573001234567"),
        ("8 916 123-45-67", "RU", "+79161234567"),
        ("011 15 2345-6789", "AR", "+5491123456789"),
        ("0 21 11 98765 4321", "BR", "+5511987654321"),
    ],
)
def test_national_numbers_are_read_in_the_stated_country(phone: str, country: str, same_as: str | None) -> None:
    located = locator().locate(phone=phone, country=country)
    if same_as is None:
        assert len(located.problems) == 1
        return
    assert located.problems == ()
    assert zones(phone=same_as) <= set(located.zones)


COLUMNS = {
    "phones": ["+12125550123", None, "3001234567", "junk", "+18505550123", "+12125550123", "011 15 2345-6789", ""],
    "countries": [None, "US", "CO", None, None, None, "AR", None],
    "regions": ["US-WA", "FL", None, "US-MA", "US-FL", "US-WA", "", None],
    "postal_codes": [None, "32501", "110111", "02139", None, "98101", None, "K1A 0B1"],
    "localities": [None, None, "Bogotá", None, None, "NYC", None, None],
    "zones": [None, None, None, None, "America/Chicago", None, None, "Mars/X"],
}


@pytest.mark.parametrize("form", [list, pa.array, np.array, lambda x: pa.chunked_array([x[:3], x[3:]], pa.string()),
                                  lambda x: pa.array([None, *x, "z"]).slice(1, len(x)),
                                  lambda x: pa.array(x).dictionary_encode()])  # fmt: skip
def test_columns_answer_as_single_calls_do(form) -> None:  # type: ignore[no-untyped-def]
    rows, answers = locator().locate_columns(**{name: form(values) for name, values in COLUMNS.items()})
    assert rows.dtype == np.int32
    names = {"phones": "phone", "countries": "country", "regions": "region", "postal_codes": "postal_code",
             "localities": "locality", "zones": "zone"}  # fmt: skip
    for i, row in enumerate(rows):
        single = locator().locate(**{names[column]: values[i] for column, values in COLUMNS.items()})
        assert without_area_code(answers[row]) == without_area_code(single)


def without_area_code(located: Located) -> Located:
    """Rows of one place share an answer, so it cannot show the area code of each."""
    clues = [Clue(clue.kind, clue.value.partition(" ")[0] if clue.kind == "phone" else clue.value, clue.gave)
             for clue in located.clues]  # fmt: skip
    return msgspec.structs.replace(located, clues=tuple(clues))


def test_equal_rows_share_one_answer() -> None:
    rows, answers = locator().locate_columns(phones=["+12125550123", "+12125550199", "+13055550123"])
    assert rows[0] == rows[1] != rows[2]
    assert len(answers) == 2


def test_default_country_reads_numbers_without_one() -> None:
    rows, answers = locator().locate_columns(
        phones=["3001234567", "+12125550123", "2079460018"], countries=[None, None, "GB"], default_country="CO"
    )
    assert [answers[row].jurisdictions for row in rows] == [("CO",), ("US-NY", "US"), ("GB",)]


def test_columns_of_unequal_length_are_refused() -> None:
    with pytest.raises(ValueError, match="one length"):
        locator().locate_columns(phones=["+1"], regions=[])


def test_no_columns_and_no_rows() -> None:
    assert len(locator().locate_columns()[0]) == 0
    assert len(locator().locate_columns(phones=[])[0]) == 0


@given(st.text(max_size=80) | st.from_regex(r"\+?[0-9 ()./-]{0,30}", fullmatch=True), st.sampled_from(["", "US", "AR"]))
def test_any_text_is_a_place_or_a_problem(phone: str, country: str) -> None:
    located = locator().locate(phone=phone, country=country or None)
    blank = not phone.strip(" \t\u00a0")
    assert blank or located.problems or any(clue.kind == "phone" for clue in located.clues)


@given(*[st.text(max_size=40)] * 5)
def test_any_clue_is_read_or_refused(country: str, region: str, postal: str, locality: str, zone: str) -> None:
    located = locator().locate(country=country, region=region, postal_code=postal, locality=locality, zone=zone)
    assert all("/" in zone for zone in located.zones)


def test_damaged_tables_are_refused() -> None:
    raw = tables()
    with pytest.raises(ValueError, match="do not fit"):
        PhoneTrie(raw[TRIE_NEXT][:-4], raw[TRIE_ENDS], raw[TRIE_LENGTHS])
    with pytest.raises(ValueError, match="do not fit"):
        PhoneTrie(b"\xff" * len(raw[TRIE_NEXT]), raw[TRIE_ENDS], raw[TRIE_LENGTHS])
    with pytest.raises(ValueError, match="no location tables"):
        Locator({}, JURISDICTIONS)


def test_offsets_outside_the_text_are_no_numbers() -> None:
    raw = tables()
    trie = PhoneTrie(raw[TRIE_NEXT], raw[TRIE_ENDS], raw[TRIE_LENGTHS])
    places = np.zeros(3, np.int32)
    trie.locate(np.frombuffer(b"+573001234567", np.uint8), np.array([0, 13, 99, -5]), places, None)
    assert places[0] >= 0
    assert list(places[1:]) == [-2, -2]


@pytest.mark.parametrize(
    ("clues", "told"),
    [
        ({"phone": "+1 (850) 555-0123"}, "+1 850"),
        ({"phone": "850-555-0123", "country": "US", "phone_type": "mobile"}, "+1 850 mobile"),
        ({"phone": "+18005550123"}, "+"),  # of no country
        ({"phone": "+573001234567", "phone_type": "mobile"}, "+57 mobile"),
    ],
)
def test_the_clue_of_a_number_shows_what_decided_and_not_the_number(clues: dict[str, str], told: str) -> None:
    shown = [clue.value for clue in locator().locate(**clues).clues if clue.kind == "phone"]
    assert shown == [told]


@pytest.mark.parametrize(
    "clues",
    [
        {"country": "US"},
        {"country": "US", "zone": "America/New_York"},
        {"country": "CA", "zone": "America/Toronto"},
        {"country": "BR"},
    ],
)
def test_a_country_of_states_without_the_state_names_no_law(clues: dict[str, str]) -> None:
    assert locator().locate(**clues).jurisdictions == ()


def test_the_state_of_any_clue_is_enough() -> None:
    assert locator().locate(country="US", region="US-TX").jurisdictions == ("US-TX", "US")
    assert locator().locate(country="CA", region="CA-ON").jurisdictions == ("CA-ON", "CA")
    assert locator().locate(country="CO").jurisdictions == ("CO",)
