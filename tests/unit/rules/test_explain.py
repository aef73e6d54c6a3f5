"""Sentences: every word has a phrase in every language, every kind reads as a person would write it."""

from __future__ import annotations

import string
from enum import IntEnum

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cadencia.engine.tables import CompiledRule, CountCheck, FactCheck, WindowCheck
from cadencia.engine.words import (
    DATES,
    FACTS,
    KINDS_COUNTED_AS,
    NUMBERS,
    Actor,
    Channel,
    DebtType,
    EventKind,
    Initiator,
    Party,
    Place,
    Purpose,
    RetryCode,
    Stage,
    Subject,
    Wider,
    bit_of_fact,
)
from cadencia.rules.cache import jurisdictions_folder
from cadencia.rules.explain import LANGUAGES, phrases, reason_text, retry_text, sentence
from cadencia.rules.load import load_tree
from cadencia.rules.model import (
    FORCES,
    KINDS,
    Abandonment,
    CallerId,
    ChannelBan,
    ChannelLock,
    Consent,
    ContactWindow,
    CoolingOff,
    Counted,
    Dialing,
    FrequencyCap,
    Kind,
    Precondition,
    Recipient,
    Rule,
    Script,
    Separation,
    Window,
)
from cadencia.rules.phrases import Noun
from cadencia.rules.read_kinds import _RATE_SUBJECTS
from cadencia.rules.script_catalogue import block_name, open_names

WORKDAY, MORNING = ((420, 1140),), ((480, 900),)
DAY, WEEK = Window(unit="civil_days"), Window(unit="civil_days", n=7)
NAMES = {body: kind for kind, body in KINDS.items()}


def rule(body: Kind, **selectors: object) -> Rule:
    return Rule(name="a-rule", line=1, kind=NAMES[type(body)], body=body, cite="art. 1", **selectors)  # type: ignore[arg-type]


def week(sat: object = MORNING, holiday: object = ()) -> ContactWindow:
    days = dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), WORKDAY)
    return ContactWindow(**days, sat=sat, sun=(), holiday=holiday)  # type: ignore[arg-type]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("field", "words"),
    [
        ("channels", Channel), ("events", EventKind), ("parties", Party), ("actors", Actor), ("places", Place),
        ("debt_types", DebtType), ("stages", Stage), ("purposes", Purpose), ("initiators", Initiator),
        ("facts", FACTS), ("dates", DATES), ("numbers", NUMBERS),
        ("subjects", ("person", *(subject.name for subject in Subject), *(kind.name for kind in Wider),
                      "debt.whoever", "address.whoever", *_RATE_SUBJECTS)),
        ("refused", KINDS), ("forces", FORCES), ("retry", [code.name for code in RetryCode if code.name != "at"]),
    ],
)  # fmt: skip
def test_every_word_has_a_phrase(language: str, field: str, words: object) -> None:
    names = {w.name if isinstance(w, IntEnum) else w for w in words}  # type: ignore[attr-defined]
    found = getattr(LANGUAGES[language], field)
    assert set(found) == names
    for phrase in found.values():
        texts = (
            (phrase.one, phrase.many)
            if isinstance(phrase, Noun)
            else phrase
            if isinstance(phrase, tuple)
            else (phrase,)
        )
        assert all(text.strip() == text and text and "_" not in text for text in texts)


def test_templates_agree_between_languages() -> None:
    english = LANGUAGES["en"].terms
    for language in LANGUAGES.values():
        assert set(language.terms) == set(english), language.code
        for key, template in language.terms.items():
            slots = {name.removeprefix("of_") for _, name, _, _ in string.Formatter().parse(template) if name}
            ours = {name for _, name, _, _ in string.Formatter().parse(english[key]) if name}
            assert slots == ours, (language.code, key)


HOURS = rule(week(), channels=("call", "sms", "email"))
CAP = rule(FrequencyCap(at_most=1, count=Counted(), per=DAY, for_each=("person", "creditor")))
REG_F = rule(
    FrequencyCap(
        at_most=7,
        count=Counted(except_kinds=("busy", "wrong_party"), channels=("call", "voicemail"), skip_consented=True),
        per=WEEK,
        for_each=("person", "debt"),
    ),
    channels=("call", "voicemail"),
)
COOLING = rule(
    CoolingOff(after=Counted(kinds=("conversation",)), lasts=WEEK, for_each=("person", "debt")), channels=("call",)
)
LOCK = rule(ChannelLock(after=Counted(), lasts=Window(unit="civil_days", n=7, undefined_week=True)))
HOUSEHOLD = rule(FrequencyCap(at_most=3, count=Counted(), per=DAY, for_each=("household", "debt")))
OF_A_DEBT = rule(CoolingOff(after=Counted(kinds=("conversation",)), lasts=WEEK, for_each=("debt",)), channels=("call",))
BAN = rule(ChannelBan(), channels=("visit",), unless_facts=("consent_visit",))
CONSENT = rule(Consent(forbids=("deceased", "minor", "hold")))
NOTICE = rule(Precondition(date="due_date", at_least_days=10))


@pytest.mark.parametrize(
    ("one", "language", "text"),
    [
        (HOURS, "es", "Llamadas, SMS y correos electrónicos: de lunes a viernes de 07:00 a 19:00 y sábados de 08:00 a "
         "15:00; domingos y festivos, ningún contacto."),
        (HOURS, "pt", "Chamadas, SMS e e-mails: de segunda a sexta-feira das 07:00 às 19:00 e aos sábados das 08:00 às "
         "15:00; aos domingos e feriados, nenhum contato."),
        (rule(week(sat=(), holiday=None)), "en", "Contact hours: Monday to Friday 07:00 to 19:00; no contact on "
         "Saturdays and Sundays; public holidays are days like any other."),
        (CAP, "en", "At most one contact a day for each person and creditor; unanswered calls count."),
        (CAP, "es", "Como máximo un contacto al día por cada persona y acreedor; las llamadas sin respuesta cuentan."),
        (CAP, "pt", "No máximo um contato por dia para cada pessoa e credor; as chamadas não atendidas contam."),
        (REG_F, "en", "At most seven calls or voicemails in any 7 days (today included) for each person and debt; "
         "unanswered calls count; calls to a busy line and contacts with a wrong person do not count; contacts made "
         "with prior consent do not count."),
        (msgspec.structs.replace(REG_F, actors=("creditor",)), "en", "Calls and voicemails by creditors: at most seven "
         "such contacts in any 7 days (today included) for each person and debt; unanswered calls count; calls "
         "to a busy line and contacts with a wrong person do not count; contacts made with prior consent do not "
         "count."),
        (COOLING, "es", "Tras una conversación, no se permiten llamadas durante 7 días corridos (contando ese día), "
         "contado por cada persona y deuda."),
        (HOUSEHOLD, "en", "At most three contacts a day for each household (all its members together) and debt; "
         "unanswered calls count."),
        (HOUSEHOLD, "es", "Como máximo tres contactos al día por cada hogar (todos sus miembros juntos) y deuda; "
         "las llamadas sin respuesta cuentan."),
        (HOUSEHOLD, "pt", "No máximo três contatos por dia para cada domicílio (todos os seus moradores juntos) e "
         "dívida; as chamadas não atendidas contam."),
        (OF_A_DEBT, "en", "After a conversation, no calls are permitted for 7 days (counting that day), counted for "
         "each debt (whoever is contacted about it)."),
        (LOCK, "en", "After a contact on one channel, the other channels are closed for a week (which the law does not "
         "define: 7 days, counting that day); unanswered calls count."),
        (BAN, "es", "No se permiten visitas, salvo si la persona autorizó expresamente las visitas."),
        (BAN, "en", "Visits are not permitted, unless the person expressly authorised visits."),
        (CONSENT, "pt", "Não se permitem contatos quando a pessoa faleceu ou é menor de idade ou a dívida está "
         "suspensa internamente."),
        (NOTICE, "es", "Solo se permiten contactos a partir de 10 días después del vencimiento; si ese dato no se "
         "conoce, no se permiten."),
        (rule(Separation(at_least=Window(unit="civil_days", n=3), count=Counted())), "es",
         "Deben pasar al menos 2 días completos desde el último contacto; las llamadas sin respuesta cuentan."),
        (rule(Separation(at_least=Window(unit="seconds", n=172_800), count=Counted(kinds=("promise",)))), "en",
         "At least 48 hours must pass after the last promise to pay."),
        (rule(Recipient(parties=("debtor", "guarantor"))), "pt", "Contato somente com o devedor e o fiador."),
        (rule(Recipient(third_party_at_most=1)), "en", "At most one contact, ever, with third parties."),
        (rule(Precondition(number="amount_due", at_least=0.5, unknown="allow")), "es",
         "Solo se permiten contactos si el importe adeudado es de al menos 0,5; si ese dato no se conoce, se "
         "permiten."),
        (rule(CallerId(prefixes=("600", "809"))), "es",
         "El número de quien llama debe mostrarse y el número debe empezar por 600 u 809."),
        (rule(Script(approved=True, languages=("es", "en"))), "pt",
         "Deve ser usado um roteiro aprovado; o roteiro deve estar em espanhol ou inglês."),
        (rule(Dialing(abandonment=Abandonment(at_most=0.03), ring_at_least_s=15)), "es",
         "Las llamadas abandonadas no pueden superar el 3 % de las llamadas atendidas por una persona, en 30 días, por "
         "campaña; una llamada debe sonar al menos 15 segundos."),
    ],
)  # fmt: skip
def test_reads_as_a_person_writes(one: Rule, language: str, text: str) -> None:
    assert sentence(one, language) == text


WORDS: dict[str, st.SearchStrategy[tuple[str, ...]]] = {
    name: st.lists(st.sampled_from([w.name for w in words]), max_size=2, unique=True).map(tuple)
    for name, words in (
        ("channels", Channel), ("actors", Actor), ("purposes", Purpose), ("initiators", Initiator), ("parties", Party),
        ("places", Place), ("debt_types", DebtType), ("stages", Stage),
    )
}  # fmt: skip
SOME_FACTS = st.lists(st.sampled_from(sorted(FACTS)), max_size=3, unique=True).map(tuple)
COUNTED = st.builds(
    Counted,
    kinds=st.lists(st.sampled_from(sorted(KINDS_COUNTED_AS)), min_size=1, max_size=2, unique=True).map(tuple),
    except_kinds=st.sampled_from([(), ("busy",), ("busy", "no_answer")]),
    direction=st.sampled_from(["outbound", "inbound", "any"]),
    after_first=st.sampled_from(["", "conversation"]), since_date=st.sampled_from(["", *DATES]),
    channels=WORDS["channels"], parties=WORDS["parties"], places=WORDS["places"], actors=WORDS["actors"],
)  # fmt: skip
WINDOWS = st.one_of(
    st.builds(Window, unit=st.sampled_from(["seconds", "civil_days", "business_days"]), n=st.integers(1, 400_000)),
    st.builds(Window, unit=st.sampled_from(["week", "month", "lifetime"])),
)
HOURS_OF_DAY = st.sampled_from([(), WORKDAY, MORNING, ((480, 720), (840, 1440)), ((0, 1440),)])
BODIES = st.one_of(
    st.builds(ContactWindow, **dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), HOURS_OF_DAY)),
    st.builds(FrequencyCap, at_most=st.integers(0, 30), count=COUNTED, per=WINDOWS),
    st.builds(Separation, at_least=WINDOWS, count=COUNTED),
    st.builds(CoolingOff, after=COUNTED, lasts=WINDOWS),
    st.builds(ChannelLock, after=COUNTED, lasts=WINDOWS),
    st.builds(Recipient, parties=WORDS["parties"], third_party_at_most=st.integers(0, 3)),
    st.just(ChannelBan()),
    st.builds(Consent, requires=SOME_FACTS, requires_any=SOME_FACTS, forbids=SOME_FACTS.filter(bool)),
    st.builds(Precondition, date=st.sampled_from(DATES), at_least_days=st.integers(-5, 5)),
    st.builds(CallerId, shown=st.booleans()),
    st.builds(Script, approved=st.booleans()),
    st.builds(Dialing, after_abandoned=WINDOWS),
)


@given(
    body=BODIES, selectors=st.fixed_dictionaries(WORDS), when=SOME_FACTS, language=st.sampled_from(sorted(LANGUAGES))
)
def test_every_rule_is_one_sentence_without_code_words(
    body: Kind, selectors: dict[str, tuple[str, ...]], when: tuple[str, ...], language: str
) -> None:
    text = sentence(rule(body, when_facts=when, **selectors), language)
    assert text.endswith(".") and text[0] == text[0].upper()
    assert not set("_{}") & set(text) and "  " not in text and " ," not in text


def test_what_nobody_answered_is_not_what_a_machine_answered() -> None:
    count = Counted(except_kinds=("no_answer",), channels=("call", "sms"), parties=("debtor",))
    one = rule(FrequencyCap(at_most=2, count=count, per=WEEK), channels=("call", "sms"), parties=("debtor",),
               actors=("creditor",))  # fmt: skip
    assert sentence(one, "en") == (
        "Calls and SMS by creditors with the debtor: at most two such contacts in any 7 days (today included) for each "
        "person; unanswered calls do not count; calls that a machine answered count, message left or not."
    )
    assert "como máximo dos contactos así en 7 días" in sentence(one, "es")
    assert "no máximo dois contatos assim em 7 dias" in sentence(one, "pt")
    neither = msgspec.structs.replace(count, except_kinds=("no_answer", "machine"))
    assert "machine answered count" not in sentence(rule(FrequencyCap(at_most=2, count=neither, per=WEEK)), "en")
    messages = msgspec.structs.replace(count, channels=("sms",))
    assert "machine answered count" not in sentence(rule(FrequencyCap(at_most=2, count=messages, per=WEEK)), "en")


@pytest.mark.parametrize(
    ("languages", "language", "said"),
    [
        (("es",), "es", "El guion no debe decir «moroso» o «lista»; el guion debe estar en español."),
        (("es",), "en", "The script must not say “moroso” or “lista” (in Spanish); the script must be in Spanish."),
        (("ar",), "es", "El guion no debe decir «moroso» o «lista» (en árabe); el guion debe estar en árabe."),
        ((), "pt", "O roteiro não deve dizer “moroso” ou “lista” (em inglês)."),
        ((), "en", "The script must not say “moroso” or “lista”."),
    ],
)
def test_banned_phrases_say_their_language(languages: tuple[str, ...], language: str, said: str) -> None:
    assert sentence(rule(Script(phrases_banned=("moroso", "lista"), languages=languages)), language) == said


def test_every_language_of_the_shipped_scripts_has_a_name() -> None:
    used = {
        name
        for file in load_tree(jurisdictions_folder()).files
        for version in file.versions
        for one in version.rules
        if isinstance(one.body, Script)
        for name in one.body.languages
    }
    assert all(used <= phrases.languages.keys() for phrases in LANGUAGES.values())


def test_articles_fit_their_noun() -> None:
    p = LANGUAGES["en"]
    assert [p.a(noun) for noun in (p.channels["sms"], p.channels["call"], p.events["no_answer"])] == [
        "an SMS", "a call", "an unanswered call",
    ]  # fmt: skip
    es, pt = LANGUAGES["es"], LANGUAGES["pt"]
    assert es.both(["SMS", "inglés"]) == "SMS e inglés" and es.either(["600", "809"]) == "600 u 809"
    assert (es.of("el vencimiento"), pt.of("a cessão"), pt.count(2, True)) == ("del vencimiento", "da cessão", "duas")


def test_unknown_language_says_which_there_are() -> None:
    with pytest.raises(ValueError, match=r"'fr' is not a language of the sentences; one of: en, es, pt"):
        phrases("fr")


def compiled(kind: str, check: object) -> CompiledRule:
    return CompiledRule(
        id="CO.x.y", kind=kind, jurisdiction="CO", file="co/x.yaml", line=1, title="t", cite="c", checks=(check,)
    )  # type: ignore[arg-type]


def test_why_a_contact_was_refused() -> None:
    window = compiled("contact_window", WindowCheck(days=((),) * 8))
    assert reason_text(window, "es") == "Fuera de horario."
    for most, text in ((1, "Ya hubo 1 contacto en el periodo."), (3, "Ya hubo 3 contactos en el periodo.")):
        assert reason_text(compiled("frequency_cap", CountCheck(at_most=most, unit=1, n=1, kinds=2)), "es") == text
    facts = FactCheck(forbids=1 << bit_of_fact("deceased"))
    assert reason_text(compiled("consent", facts), "en") == "Contacts are not permitted if the person has died."
    assert retry_text("beyond_horizon", "pt") == "Não abre nos próximos 400 dias."


def test_every_block_of_the_shipped_law_has_words_in_every_language() -> None:
    used = {
        block
        for file in load_tree(jurisdictions_folder()).files
        for version in file.versions
        for one in version.rules
        if isinstance(one.body, Script)
        for block in one.body.blocks
    }
    assert used <= open_names().blocks.keys()
    assert all("«" not in block_name(block, language) for block in used for language in LANGUAGES)


def test_blocks_are_said_in_words_and_names_of_ones_own_as_written() -> None:
    one = rule(Script(blocks=("identity", "payment-alternatives", "house-greeting")))
    said = "El guion debe contener quién se comunica, las alternativas de pago y «house-greeting»."
    assert sentence(one, "es") == said
    assert sentence(one, "en").startswith("The script must contain who is contacting, the ways to settle the debt")


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("en", "Visits: not at work or at a place that is neither home nor work."),
        ("es", "Visitas: no se permiten en el lugar de trabajo o en un lugar que no sea el domicilio ni el trabajo."),
        ("pt", "Visitas: não se permitem no local de trabalho ou em lugar que não seja a residência nem o trabalho."),
    ],
)
def test_closed_places_do_not_read_as_nowhere(language: str, expected: str) -> None:
    assert sentence(rule(Recipient(not_at=("work", "other")), channels=("visit",)), language) == expected
