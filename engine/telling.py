"""The kernel's numbers told as a Decision: reasons with citations, duties, warnings."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cadencia.engine.batch import NO_INSTANT, PlaceSet
from cadencia.engine.clock import ZoneClock
from cadencia.engine.decision import Clue, Decision, Duty, Reason
from cadencia.engine.tables import UNIX_OF_EPOCH, CompiledRule, Rulebook
from cadencia.engine.words import STATED_HOURS_BIT, RetryCode, VerdictCode

EPOCH = datetime.fromtimestamp(UNIX_OF_EPOCH, UTC)
STATED_HOURS = "person.stated-hours"
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
        "en": "It is not known which law applies: state a country, a region or a full phone number.",
        "es": "No se sabe qué ley se aplica: indique país, región o número completo.",
        "pt": "Não se sabe qual lei se aplica: informe país, região ou número completo.",
    },
    VerdictCode.no_rules_known: {
        "en": "No rules are on file for this place: add its law, or a policy that covers it.",
        "es": "No hay reglas para este lugar: añada su ley o una política que lo cubra.",
        "pt": "Não há regras para este lugar: acrescente a lei ou uma política que o cubra.",
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
    VerdictCode.invalid_query: {
        "en": "The query cannot be read.",
        "es": "La consulta no se puede leer.",
        "pt": "A consulta não pode ser lida.",
    },
}
_STATED = {
    "en": "Outside the hours that the person named.",
    "es": "Fuera de las horas que indicó la persona.",
    "pt": "Fora do horário indicado pela pessoa.",
}
_UNREVIEWED = {
    "en": "Not yet reviewed by counsel: ",
    "es": "Sin revisar todavía por un abogado: ",
    "pt": "Ainda não revisado por advogado: ",
}


@dataclass(frozen=True)
class Answer:
    """What the kernel answers."""

    allowed: int = 0
    code: int = 0
    reasons: int = 0
    retry_at: int = NO_INSTANT
    retry: int = 0


@dataclass(frozen=True)
class Told:
    """What the telling needs of the query."""

    at: int
    places: PlaceSet
    clues: tuple[Clue, ...]
    language: str
    facts_true: int


def as_datetime(seconds: int) -> datetime | None:
    """The instant in UTC, None for NO_INSTANT."""
    return None if seconds == NO_INSTANT else EPOCH + timedelta(seconds=seconds)


def tell(
    rulebook: Rulebook, told: Told, answer: Answer, rules: list[list[int]], singles: dict[int, Answer] | None = None
) -> Decision:
    """The Decision. `rules[bit]` are the versions of each rule; `singles` the answers for each blocking rule alone."""
    days = _local_days(rulebook, told)
    in_force = [_version(rulebook, versions, days) for versions in rules]
    reasons = [_engine_reason(answer, told.language)] if answer.code else []
    for bit, single in (singles or {}).items():
        rule = in_force[bit] if bit != STATED_HOURS_BIT else None
        reasons.append(_reason(rule, single, told.language))
    binding = [rule for rule in in_force if rule is not None and _binds(rule, days, told.facts_true)]
    unreviewed = sorted({rule.file for rule in binding if not rule.reviewed})
    return Decision(
        verdict="allow" if answer.allowed else "deny",
        at=EPOCH + timedelta(seconds=told.at),
        reasons=tuple(reasons),
        retry_at=as_datetime(answer.retry_at),
        retry=RetryCode(answer.retry).name,
        obligations=tuple(
            Duty(rule=rule.id, code=duty.code, value=duty.value, citation=rule.cite)
            for rule in binding
            for duty in rule.obligations
        ),
        jurisdictions=told.places.jurisdictions,
        zones=told.places.zones,
        clues=told.clues,
        warnings=(_UNREVIEWED.get(told.language, _UNREVIEWED["en"]) + ", ".join(unreviewed),) if unreviewed else (),
        rulebook=rulebook.hash,
    )


def _local_days(rulebook: Rulebook, told: Told) -> list[int]:
    days = set()
    for name in told.places.zones:
        zone = rulebook.zones.get(rulebook.zone_links.get(name, name))
        if zone is not None:
            days.add(ZoneClock(zone).local_day(told.at))
    return sorted(days)


def _version(rulebook: Rulebook, versions: list[int], days: list[int]) -> CompiledRule:
    """The version in force on one of the days; the first one if none is."""
    for index in versions:
        rule = rulebook.rules[index]
        if any(rule.from_day <= day < rule.until_day for day in days):
            return rule
    return rulebook.rules[versions[0]]


def _binds(rule: CompiledRule, days: list[int], facts_true: int) -> bool:
    in_force = any(rule.from_day <= day < rule.until_day for day in days)
    return in_force and facts_true & rule.when == rule.when and not facts_true & rule.unless


def _reason(rule: CompiledRule | None, single: Answer, language: str) -> Reason:
    retry_at, retry = as_datetime(single.retry_at), RetryCode(single.retry).name
    if rule is None:
        message = _STATED.get(language, _STATED["en"])
        return Reason(rule=STATED_HOURS, kind="contact_window", citation="the person's own request", retry_at=retry_at,
                      retry=retry, message=message, reviewed=True)  # fmt: skip
    return Reason(
        rule=rule.id, kind=rule.kind, citation=rule.cite, jurisdiction=rule.jurisdiction, force=rule.force,
        reading=rule.reading, reviewed=rule.reviewed, retry_at=retry_at, retry=retry,
        message=rule.sentences.get(language, rule.sentences.get("en", "")),
    )  # fmt: skip


def _engine_reason(answer: Answer, language: str) -> Reason:
    code = VerdictCode(answer.code)
    texts = ENGINE_REASONS[code]
    return Reason(rule=code.name, kind="engine", citation="", reviewed=True, retry=RetryCode(answer.retry).name,
                  message=texts.get(language, texts["en"]))  # fmt: skip
