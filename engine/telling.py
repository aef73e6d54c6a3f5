"""The kernel's numbers told as a Decision: reasons with citations, duties, warnings."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple

import msgspec

from cadencia.engine.batch import NO_INSTANT, PlaceSet
from cadencia.engine.decision import Clue, Decision, Duty, Reason
from cadencia.engine.tables import UNIX_OF_EPOCH, CompiledRule, Rulebook
from cadencia.engine.versions import LocalDays, in_force, version_in_force
from cadencia.engine.words import STATED_HOURS_BIT, RetryCode, VerdictCode

EPOCH = datetime.fromtimestamp(UNIX_OF_EPOCH, UTC)
STATED_HOURS = "person.stated-hours"
_RETRY_NAMES = {int(code): code.name for code in RetryCode}
#: Profiles times local days that are remembered.
_MOST_BINDINGS = 8_192
#: What to do about a denial of the engine's own, by language; the code is the stable name.
ENGINE_REASONS: dict[VerdictCode, dict[str, str]] = {
    VerdictCode.zone_unknown: {
        "en": "The person's time zone is not known: state a zone, a region or a full phone number.",
        "es": "No se conoce la zona horaria de la persona: indique zona, región o número completo.",
        "pt": "O fuso horário da pessoa não é conhecido: informe fuso, região ou número completo.",
    },
    VerdictCode.zone_ambiguous: {
        "en": "The possible time zones have no open minute in common: state the person's zone or address.",
        "es": "Las zonas horarias posibles no tienen ningún minuto hábil en común: indique la zona o el domicilio.",
        "pt": "Os fusos horários possíveis não têm nenhum minuto permitido em comum: informe o fuso ou o endereço.",
    },
    VerdictCode.jurisdiction_unknown: {
        "en": "It is not known which law applies: state a full phone number, or a country and its state or province.",
        "es": "No se sabe qué ley se aplica: indique el número completo, o el país y su estado o provincia.",
        "pt": "Não se sabe qual lei se aplica: informe o número completo, ou o país e seu estado ou província.",
    },
    VerdictCode.no_rules_known: {
        "en": "No rules are on file for this place; add its law, or name it in `covers` of the law above it: ",
        "es": "No hay reglas para este lugar; añada su ley o nómbrelo en `covers` de la ley superior: ",
        "pt": "Não há regras para este lugar; acrescente a lei ou inclua-o em `covers` da lei superior: ",
    },
    VerdictCode.history_overflow: {
        "en": "The person's history is larger than can be counted exactly: split or archive it.",
        "es": "El historial de la persona es mayor de lo que puede contarse con exactitud: divídalo o archívelo.",
        "pt": "O histórico da pessoa é maior do que se pode contar com exatidão: divida-o ou arquive-o.",
    },
    VerdictCode.profile_limit: {
        "en": "Too many rules or combinations of rules apply at once: report this rulebook.",
        "es": "Se aplican demasiadas reglas o combinaciones a la vez: informe de este reglamento.",
        "pt": "Aplicam-se regras ou combinações demais ao mesmo tempo: comunique este conjunto de regras.",
    },
    VerdictCode.calendar_ended: {
        "en": "The holiday calendar does not cover this date: extend it.",
        "es": "El calendario de festivos no cubre esta fecha: amplíelo.",
        "pt": "O calendário de feriados não cobre esta data: amplie-o.",
    },
    VerdictCode.zone_data_ended: {
        "en": "The time zone data does not cover this instant.",
        "es": "Los datos de zonas horarias no cubren este instante.",
        "pt": "Os dados de fusos horários não cobrem este instante.",
    },
    VerdictCode.household_unknown: {
        "en": "The contact is counted with the whole household, and its household is not known: state the household.",
        "es": "El contacto se cuenta con todo el hogar y no se conoce el hogar: indique el hogar.",
        "pt": "O contato é contado com todo o domicílio, e o domicílio não é conhecido: informe o domicílio.",
    },
    VerdictCode.invalid_query: {
        "en": "The query cannot be read.",
        "es": "La consulta no se puede leer.",
        "pt": "A consulta não pode ser lida.",
    },
}
STATED_REASONS = {
    "en": "Outside the hours that the person named.",
    "es": "Fuera de las horas que indicó la persona.",
    "pt": "Fora do horário indicado pela pessoa.",
}
UNREVIEWED = {
    "en": "Not yet reviewed by counsel: ",
    "es": "Sin revisar todavía por un abogado: ",
    "pt": "Ainda não revisado por advogado: ",
}


class Answer(msgspec.Struct, frozen=True, gc=False):
    """What the kernel answers."""

    allowed: int = 0
    code: int = 0
    reasons: int = 0
    retry_at: int = NO_INSTANT
    retry: int = 0


class Told(msgspec.Struct, frozen=True, gc=False):
    """What the telling needs of the query."""

    at: int
    places: PlaceSet
    clues: tuple[Clue, ...]
    language: str
    facts_true: int


class _Binding(NamedTuple):
    """The rules of a profile on some local days: the version of each bit, and of those in force the ones with facts to
    ask about (`gated`), the duties and the unreviewed files of the others. `told`: the duties when no gated rule adds
    any."""

    versions: tuple[CompiledRule, ...]
    duties: tuple[Duty, ...]
    told: tuple[Duty, ...]
    unreviewed: tuple[str, ...]
    gated: tuple[CompiledRule, ...]


@lru_cache(maxsize=4_096)
def as_datetime(seconds: int) -> datetime | None:
    """The instant in UTC, None for NO_INSTANT."""
    return None if seconds == NO_INSTANT else EPOCH + timedelta(seconds=seconds)


class Teller:
    """Tells answers under one rulebook; keeps what is the same for all queries of a profile and day."""

    def __init__(self, rulebook: Rulebook) -> None:
        self._rulebook = rulebook
        self._days = LocalDays(rulebook)
        self._bindings: dict[tuple[int, tuple[int, ...]], _Binding] = {}

    def tell(
        self, told: Told, answer: Answer, profile: int = -1, rules: list[list[int]] | None = None,
        singles: dict[int, Answer] | None = None,
    ) -> Decision:  # fmt: skip
        """The Decision. `rules[bit]` are the versions of each rule of the profile; `singles` the answers for each
        blocking rule alone."""
        binding = self._binding(profile, rules or [], self._days.of(told.places.zones, told.at))
        reasons = [self._engine_reason(told, answer)] if answer.code else []
        for bit, single in (singles or {}).items():
            rule = binding.versions[bit] if bit != STATED_HOURS_BIT else None
            reasons.append(_reason(rule, single, told.language))
        duties, unreviewed = binding.told, binding.unreviewed
        true = told.facts_true
        held = [rule for rule in binding.gated if true & rule.when == rule.when and not true & rule.unless]
        if held:
            duties = _law_first(binding.duties + tuple(duty for rule in held for duty in _duties(rule)))
            unreviewed = tuple(sorted({*unreviewed, *(rule.file for rule in held if not rule.reviewed)}))
        at = as_datetime(told.at)
        assert at is not None
        return Decision(
            verdict="allow" if answer.allowed else "deny",
            at=at,
            reasons=tuple(reasons),
            retry_at=as_datetime(answer.retry_at),
            retry=_RETRY_NAMES[answer.retry],
            obligations=duties,
            jurisdictions=told.places.jurisdictions,
            zones=told.places.zones,
            clues=told.clues,
            warnings=_warnings(unreviewed, told.language),
            rulebook=self._rulebook.hash,
        )

    def _engine_reason(self, told: Told, answer: Answer) -> Reason:
        places = told.places.jurisdictions
        without = [code for code in places if code not in self._rulebook.jurisdictions] or places
        return _engine_reason(answer, told.language, ", ".join(without))

    def _binding(self, profile: int, rules: list[list[int]], days: tuple[int, ...]) -> _Binding:
        key = (profile, days)
        found = self._bindings.get(key)
        if found is None:
            if len(self._bindings) >= _MOST_BINDINGS:
                self._bindings.clear()
            found = self._bindings[key] = self._make_binding(rules, days)
        return found

    def _make_binding(self, rules: list[list[int]], days: tuple[int, ...]) -> _Binding:
        versions = tuple(
            version_in_force([self._rulebook.rules[index] for index in indices], days) for indices in rules
        )
        binding = [rule for rule in versions if in_force(rule, days)]
        always = [rule for rule in binding if not rule.when and not rule.unless]
        duties = tuple(duty for rule in always for duty in _duties(rule))
        return _Binding(
            versions=versions,
            duties=duties,
            told=_law_first(duties),
            unreviewed=tuple(sorted({rule.file for rule in always if not rule.reviewed})),
            gated=tuple(rule for rule in binding if rule.when or rule.unless),
        )


@lru_cache(maxsize=4_096)
def _warnings(unreviewed: tuple[str, ...], language: str) -> tuple[str, ...]:
    """What to say of files that nobody has reviewed, in the order of their names."""
    return (UNREVIEWED.get(language, UNREVIEWED["en"]) + ", ".join(unreviewed),) if unreviewed else ()


def _duties(rule: CompiledRule) -> tuple[Duty, ...]:
    return tuple(Duty(rule=rule.id, code=duty.code, value=duty.value, citation=rule.cite) for duty in rule.obligations)


def _law_first(duties: tuple[Duty, ...]) -> tuple[Duty, ...]:
    """Without the rates of abandoned calls that stand in where law is silent, if some law is not."""
    rates = [duty for duty in duties if duty.code == "abandonment"]
    standing_in = [duty for duty in rates if isinstance(duty.value, dict) and duty.value.get("where_law_is_silent")]
    if not standing_in or len(standing_in) == len(rates):
        return duties
    return tuple(duty for duty in duties if duty not in standing_in)


def _reason(rule: CompiledRule | None, single: Answer, language: str) -> Reason:
    retry_at, retry = as_datetime(single.retry_at), _RETRY_NAMES[single.retry]
    if rule is None:
        message = STATED_REASONS.get(language, STATED_REASONS["en"])
        return Reason(rule=STATED_HOURS, kind="contact_window", citation="the person's own request", retry_at=retry_at,
                      retry=retry, message=message, reviewed=True)  # fmt: skip
    return Reason(
        rule=rule.id, kind=rule.kind, citation=rule.cite, jurisdiction=rule.jurisdiction, force=rule.force,
        reading=rule.reading, reviewed=rule.reviewed, retry_at=retry_at, retry=retry,
        message=rule.sentences.get(language, rule.sentences.get("en", "")),
    )  # fmt: skip


def _engine_reason(answer: Answer, language: str, without: str) -> Reason:
    """The engine's own reason; `without` are the jurisdictions without law, which only one of them is about."""
    code = VerdictCode(answer.code)
    texts = ENGINE_REASONS[code]
    named = without if code is VerdictCode.no_rules_known else ""
    return Reason(rule=code.name, kind="engine", citation="", jurisdiction=named, reviewed=True,
                  retry=_RETRY_NAMES[answer.retry], message=texts.get(language, texts["en"]) + named)  # fmt: skip
