"""A semantic diff: what changed in the law, and whether it is tighter or looser."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.rules.diff import (
    _CALENDAR_FIELDS,
    _FILE_FIELDS,
    _VERSION_FIELDS,
    Change,
    diff,
    overall,
    unchanged_rules,
)
from cadencia.rules.diff_terms import FIELDS, TERMS, WHAT
from cadencia.rules.diff_words import changes_text, summary_text
from cadencia.rules.effects import (
    KIND_ORDERS,
    SELECTOR_ORDERS,
    Effect,
    contains,
    fewer_minutes_tighter,
    minutes,
    together,
)
from cadencia.rules.explain import sentence
from cadencia.rules.load import Loaded
from cadencia.rules.model import (
    KINDS,
    CallerId,
    ChannelBan,
    Consent,
    ContactWindow,
    CoolingOff,
    Counted,
    Dialing,
    FrequencyCap,
    HolidayFile,
    JurisdictionFile,
    Kind,
    Precondition,
    Recipient,
    Rule,
    Version,
    Window,
)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
OPEN, SHORT = ((420, 1140),), ((480, 1140),)
KIND_OF = {body: kind for kind, body in KINDS.items()}
CAP = FrequencyCap(at_most=2, count=Counted(), per=Window(unit="civil_days"), for_each=("person", "debt"))


def rule(body: Kind, name: str = "one-rule", **fields: Any) -> Rule:
    return Rule(name=name, line=1, kind=KIND_OF[type(body)], body=body, cite="art. 1", **fields)


def hours(**days: Any) -> ContactWindow:
    return ContactWindow(**{**dict.fromkeys(DAYS, OPEN), **days})


def version(*rules: Rule, day: date = date(2023, 10, 10), **fields: Any) -> Version:
    return Version(line=1, from_=day, rules=rules, **fields)


def law(*versions: Version, **fields: Any) -> Loaded:
    file = JurisdictionFile(path="co/law.yaml", jurisdiction="CO", title="t", versions=versions, **fields)
    return Loaded(files=(file,), holidays={}, problems=[], texts={})


def between(old: Kind, new: Kind, **fields: Any) -> list[Change]:
    return diff(law(version(rule(old))), law(version(rule(new, **fields))))


def cap(**fields: Any) -> FrequencyCap:
    return msgspec.structs.replace(CAP, **fields)


def counting(**fields: Any) -> FrequencyCap:
    return cap(count=Counted(**fields))


T, L, N, M, U = Effect.tightens, Effect.loosens, Effect.neutral, Effect.mixed, Effect.unknown


@pytest.mark.parametrize(
    ("old", "new", "field", "effect"),
    [
        (CAP, cap(at_most=3), "frequency_cap.at_most", L),
        (CAP, cap(at_most=1), "frequency_cap.at_most", T),
        (CAP, cap(per=Window(unit="civil_days", n=7)), "frequency_cap.per", T),
        (CAP, cap(per=Window(unit="week")), "frequency_cap.per", T),
        (CAP, cap(per=Window(unit="seconds", n=86_400)), "frequency_cap.per", U),
        (CAP, cap(for_each=("person",)), "frequency_cap.for_each", T),
        (CAP, cap(for_each=("person", "creditor")), "frequency_cap.for_each", M),
        (CAP, cap(for_each=("debt",)), "frequency_cap.for_each", T),
        (CAP, cap(for_each=("household", "debt")), "frequency_cap.for_each", T),
        (CAP, cap(for_each=("household",)), "frequency_cap.for_each", T),
        (CAP, cap(for_each=("household", "creditor")), "frequency_cap.for_each", M),
        (CAP, cap(for_each=("workplace",)), "frequency_cap.for_each", M),
        (cap(for_each=("account",)), cap(for_each=("debt",)), "frequency_cap.for_each", L),
        (cap(for_each=("household",)), cap(for_each=("person",)), "frequency_cap.for_each", L),
        (CAP, counting(kinds=("conversation",)), "frequency_cap.count.kinds", L),
        (CAP, counting(channels=("call",)), "frequency_cap.count.channels", L),
        (CAP, counting(skip_consented=True), "frequency_cap.count.skip_consented", L),
        (CAP, counting(direction="any"), "frequency_cap.count.direction", T),
        (CAP, counting(direction="inbound"), "frequency_cap.count.direction", M),
        (counting(after_first="conversation"), CAP, "frequency_cap.count.after_first", T),
        (hours(), hours(sat=()), "contact_window.sat", T),
        (hours(), hours(sat=((420, 1140), (1200, 1260))), "contact_window.sat", L),
        (hours(), hours(sat=((300, 600),)), "contact_window.sat", M),
        (hours(), hours(holiday=()), "contact_window.holiday", T),
        (hours(), hours(holiday=OPEN), "contact_window.holiday", N),
        (hours(sat=()), hours(sat=(), holiday=OPEN), "contact_window.holiday", L),
        (hours(), hours(clock="America/Lima"), "contact_window.clock", U),
        (Recipient(not_at=("work",)), Recipient(not_at=("work",), parties=("debtor",)), "recipient.parties", T),
        (Recipient(third_party_at_most=1), Recipient(third_party_at_most=0), "recipient.third_party_at_most", T),
        (Consent(forbids=("hold",)), Consent(forbids=("hold", "minor")), "consent.forbids", T),
        (Consent(requires_any=("hold",)), Consent(requires_any=("hold", "minor")), "consent.requires_any", L),
        (Consent(forbids=("hold",)), Consent(forbids=("hold",), unknown="deny"), "consent.unknown", T),
        (Precondition(date="due_date", at_least_days=5), Precondition(date="due_date", at_least_days=3),
         "precondition.at_least_days", L),
        (Precondition(date="due_date"), Precondition(date="due_date", at_most_days=3), "precondition.at_most_days", T),
        (CallerId(prefixes=("600",)), CallerId(prefixes=("60", "809")), "caller_id.prefixes", L),
        (CallerId(banned_prefixes=("6",)), CallerId(banned_prefixes=("61", "62")), "caller_id.banned_prefixes", L),
        (Dialing(ring_at_least_s=10), Dialing(ring_at_least_s=15), "dialing.ring_at_least_s", T),
        (Dialing(recorded_message="required"), Dialing(recorded_message="forbidden"), "dialing.recorded_message", M),
        (ChannelBan(), CAP, "kind", U),
    ],
)  # fmt: skip
def test_one_changed_field(old: Kind, new: Kind, field: str, effect: Effect) -> None:
    (change,) = between(old, new)
    assert (change.what, change.field, change.effect) == ("field_changed", field, effect)
    assert change.old != change.new


@pytest.mark.parametrize(
    ("fields", "effect"),
    [
        ({"channels": ("call",)}, L),
        ({"purposes": ("collections",)}, L),
        ({"purposes": ("collections", "servicing", "marketing")}, T),
        ({"unless_facts": ("consent_time",)}, L),
        ({"when_facts": ("minor",)}, L),
        ({"reading": "Another reading."}, N),
        ({"force": "guidance"}, N),
    ],
)
def test_selectors_and_words(fields: dict[str, Any], effect: Effect) -> None:
    (change,) = between(CAP, CAP, **fields)
    assert (change.field, change.effect) == (next(iter(fields)), effect)


def test_a_selector_that_names_every_word_is_no_narrower() -> None:
    every = ("call", "voicemail", "sms", "whatsapp", "email", "letter", "visit")
    (change,) = between(CAP, CAP, channels=every)
    assert change.effect is N


def test_neighbouring_days_with_the_same_change_are_one() -> None:
    (change,) = between(hours(), hours(**dict.fromkeys(DAYS[:5], SHORT)))
    assert (change.field, change.old, change.new) == (
        "contact_window.mon, tue, wed, thu, fri", "07:00-19:00", "08:00-19:00",
    )  # fmt: skip


def test_lines_order_and_comments_are_no_difference() -> None:
    one = rule(Consent(forbids=("hold", "minor")), channels=("sms", "call"))
    two = Rule(**{**msgspec.structs.asdict(one), "line": 99, "body": Consent(forbids=("minor", "hold")),
                  "channels": ("call", "sms")})  # fmt: skip
    assert diff(law(version(one)), law(version(two))) == []
    assert unchanged_rules(law(version(one)), law(version(two))) == 1


def test_rules_added_and_removed_carry_their_sentence() -> None:
    other = rule(ChannelBan(), "no-visits", channels=("visit",))
    (added,) = diff(law(version(rule(CAP))), law(version(rule(CAP), other)))
    (removed,) = diff(law(version(rule(CAP), other)), law(version(rule(CAP))))
    assert (added.what, added.effect, removed.what, removed.effect) == ("rule_added", T, "rule_removed", L)
    assert list(changes_text([added], "es")) == [
        ["co/law.yaml, versión 2023-10-10, no-visits: regla agregada; más estricto", "No se permiten visitas."]
    ]
    assert [text[1] for text in changes_text([removed], "en")] == ["Visits are not permitted."]


def test_a_new_version_is_compared_with_the_one_it_follows() -> None:
    later = version(rule(cap(at_most=1)), day=date(2026, 1, 1))
    first, field = diff(law(version(rule(CAP))), law(version(rule(CAP)), later))
    assert (first.what, first.effect, first.against) == ("version_added", T, "2023-10-10")
    assert (field.field, field.old, field.new, field.against) == ("frequency_cap.at_most", 2, 1, "2023-10-10")
    back = diff(law(version(rule(CAP)), later), law(version(rule(CAP))))
    assert [change.effect for change in back] == [L, L]


def test_status_review_and_end_of_a_version() -> None:
    drafted = law(version(rule(CAP), status="draft"))
    (change,) = diff(drafted, law(version(rule(CAP))))
    assert (change.field, change.effect, change.draft) == ("status", T, False)
    reviewed = law(version(rule(CAP), reviewed_by="A. Counsel", reviewed_on=date(2026, 5, 1)))
    assert [c.effect for c in diff(law(version(rule(CAP))), reviewed)] == [N, N]
    (ended,) = diff(law(version(rule(CAP))), law(version(rule(CAP), until=date(2027, 1, 1))))
    assert (ended.field, ended.old, ended.new, ended.effect) == ("until", None, "2027-01-01", L)


def test_a_draft_does_nothing_yet() -> None:
    drafts = [law(version(rule(cap(at_most=most)), status="draft")) for most in (3, 1)]
    changes = diff(*drafts)
    assert [change.effect for change in changes] == [T] and changes[0].draft
    assert overall(changes) is N


def test_files_fields_and_calendars() -> None:
    empty = Loaded(files=(), holidays={}, problems=[], texts={})
    added = diff(empty, law(version(rule(CAP))))
    assert [(c.what, c.effect) for c in added] == [("file_added", T), ("version_added", T), ("rule_added", T)]
    assert [c.effect for c in diff(law(version(rule(CAP))), empty)] == [L, L, L]
    (parents,) = diff(law(version(rule(CAP))), law(version(rule(CAP)), parents=("EU",)))
    assert (parents.field, parents.effect) == ("parents", T)
    calendars = [
        Loaded(
            files=(), holidays={"co": HolidayFile(path="holidays/co.yaml", name="co", add=add)}, problems=[], texts={}
        )
        for add in ({}, {"2026-07-13": "Ley 2578"})
    ]
    (day,) = diff(*calendars)
    assert (day.path, day.field, day.new, day.effect) == ("holidays/co.yaml", "add", "2026-07-13", U)


def test_text_and_json() -> None:
    changes = between(CAP, cap(at_most=3))
    assert list(changes_text(changes, "en")) == [[
        "co/law.yaml, version 2023-10-10, one-rule: looser",
        "before: At most two contacts a day for each person and debt; unanswered calls count.",
        "now: At most three contacts a day for each person and debt; unanswered calls count.",
    ]]  # fmt: skip
    assert summary_text(changes, 3, "en") == "1 change, 3 rules unchanged; all together: looser."
    assert summary_text(changes, 1, "es") == "1 cambio, 1 regla sin cambios; en conjunto: más laxo."
    assert summary_text([], 4, "pt") == "Nenhuma diferença de sentido; 4 regras sem mudança."
    found = msgspec.json.decode(msgspec.json.encode(changes[0]))
    assert found["effect"] == "loosens" and (found["old"], found["new"]) == (2, 3)


def test_hours_and_words_of_one_rule_are_one_paragraph() -> None:
    old, new = rule(hours()), rule(hours(sat=()), reading="Saturdays are rest days.", force="guidance")
    changes = diff(law(version(old)), law(version(new)))
    (text,) = changes_text(changes, "en")
    assert [change.field for change in changes] == ["contact_window.sat", "reading", "force"]
    assert text == [
        "co/law.yaml, version 2023-10-10, one-rule: tighter",
        f"before: {sentence(old, 'en')}",
        "now: Contact hours: Monday to Friday and Sundays 07:00 to 19:00; no contact on Saturdays; "
        "public holidays are days like any other.",
        "before: No reading.", "now: Reading: Saturdays are rest days.",
        "before: Force: statute.", "now: Force: guidance.",
    ]  # fmt: skip
    assert summary_text(changes, 0, "en").startswith("1 change, 0 rules unchanged")


def test_versions_files_and_calendars_in_sentences() -> None:
    old = law(version(rule(CAP), status="draft"), timezone="America/Bogota")
    new = law(version(rule(CAP), until=date(2027, 1, 1), reviewed_by="A. Counsel"), parents=("EU",))
    file, of_version = changes_text(diff(old, new), "pt")
    assert file[1:] == [
        "antes: Não vale a norma de nenhum outro lugar.", "agora: Vale também a norma de EU.",
        "antes: As horas são as de America/Bogota.", "agora: As horas são as do fuso horário da pessoa.",
    ]  # fmt: skip
    assert of_version[1:] == [
        "antes: Não tem um último dia próprio.", "agora: O último dia é o anterior a 2027-01-01.",
        "antes: A versão é: rascunho, não se aplica.", "agora: A versão é: em vigor.",
        "antes: Não revisado.", "agora: Revisado por A. Counsel.",
    ]  # fmt: skip
    calendars = [
        Loaded((), {"co": HolidayFile(path="holidays/co.yaml", name="co", add=add, until=until)}, [], {})
        for add, until in (({}, 2030), ({"2026-07-13": "Ley 2578"}, 2040))
    ]
    (calendar,) = changes_text(diff(*calendars), "en")
    assert calendar[1:] == [
        "before: 2026-07-13 is not added to the holidays.", "now: 2026-07-13 is added to the holidays.",
        "before: The last year covered is 2030.", "now: The last year covered is 2040.",
    ]  # fmt: skip


def test_a_place_covered_by_the_law_above_is_allowed_more() -> None:
    (change,) = diff(law(version(rule(CAP))), law(version(rule(CAP)), covers=("CO-ANT", "CO-CUN")))
    assert change.effect is L
    assert next(changes_text([change], "en"))[2] == (
        "now: It also covers CO-ANT and CO-CUN, which have no file of their own."
    )


def test_another_reason_for_covering_a_place_is_a_change_without_effect() -> None:
    old, new = (
        law(version(rule(CAP)), covers=("CO-ANT",), covers_reading=why) for why in ("Not found.", "Repealed in 2025.")
    )
    (change,) = diff(old, new)
    assert (change.field, change.old, change.new, change.effect) == (
        "covers_reading", "Not found.", "Repealed in 2025.", N,
    )  # fmt: skip
    said = [next(changes_text([change], language))[1:] for language in ("en", "es", "pt")]
    assert said == [
        ["before: Why it covers them: Not found.", "now: Why it covers them: Repealed in 2025."],
        ["antes: Por qué los cubre: Not found.", "ahora: Por qué los cubre: Repealed in 2025."],
        ["antes: Por que os cobre: Not found.", "agora: Por que os cobre: Repealed in 2025."],
    ]


def test_the_words_of_the_languages_have_the_same_keys() -> None:
    for words in (FIELDS, TERMS, WHAT):
        assert words["en"].keys() == words["es"].keys() == words["pt"].keys()
    named = {*_FILE_FIELDS, *_VERSION_FIELDS, *_CALENDAR_FIELDS, "cite", "reading", "force", "add", "remove"}
    assert named <= FIELDS["en"].keys()


def test_every_field_of_every_kind_has_an_order() -> None:
    for kind, body in KINDS.items():
        fields = set(body.__struct_fields__) - {*DAYS, "holiday", "count", "after"}
        assert fields <= KIND_ORDERS[kind].keys(), kind
    assert set(Rule.__struct_fields__) - {"name", "line", "kind", "body"} == SELECTOR_ORDERS.keys()
    counted = {key.partition(".")[2] for key in KIND_ORDERS["frequency_cap"] if key.startswith("count.")}
    assert counted == set(Counted.__struct_fields__)


WINDOWS = st.one_of(
    st.builds(Window, unit=st.just("seconds"), n=st.integers(1, 4_000_000)),
    st.builds(Window, unit=st.sampled_from(["civil_days", "business_days"]), n=st.integers(1, 40)),
    st.builds(Window, unit=st.sampled_from(["week", "month", "lifetime"])),
)


@given(WINDOWS, WINDOWS, WINDOWS)
def test_containment_is_an_order(a: Window, b: Window, c: Window) -> None:
    assert contains(a, a)
    if contains(a, b) and contains(b, c):
        assert contains(a, c)


@given(st.integers(1, 20), st.integers(1, 2_000_000), st.integers(0, 86_399))
def test_civil_days_contain_seconds_only_if_they_do_at_every_time_of_day(days: int, seconds: int, now: int) -> None:
    reached = (days - 1) * 86_400 + now  # back to the midnight that begins the window
    if contains(Window(unit="civil_days", n=days), Window(unit="seconds", n=seconds)):
        assert seconds <= reached
    if contains(Window(unit="seconds", n=seconds), Window(unit="civil_days", n=days)):
        assert seconds >= reached


SPANS = st.lists(st.tuples(st.integers(0, 700), st.integers(701, 1440)), max_size=1).map(tuple)


@given(SPANS, SPANS)
def test_window_effects_are_inclusions_of_minutes(old: Any, new: Any) -> None:
    expected = {
        (True, True): N, (True, False): T, (False, True): L, (False, False): M,
    }[minutes(new) <= minutes(old), minutes(old) <= minutes(new)]  # fmt: skip
    assert fewer_minutes_tighter(old, new) is expected
    back = {T: L, L: T}.get(expected, expected)
    assert fewer_minutes_tighter(new, old) is back


def test_several_effects_together() -> None:
    assert together([T, N, T]) is T and together([T, L]) is M and together([T, U]) is U and together([]) is N


def test_cooling_off_lasts() -> None:
    week = CoolingOff(after=Counted(kinds=("conversation",)), lasts=Window(unit="civil_days", n=7))
    longer = msgspec.structs.replace(week, lasts=Window(unit="civil_days", n=10))
    (change,) = between(week, longer)
    assert (change.field, change.old, change.new, change.effect) == (
        "cooling_off.lasts", "7 civil days", "10 civil days", T,
    )  # fmt: skip
