"""What is said around the law itself, in English, Spanish and Portuguese: on the pages and on the command line."""

from __future__ import annotations

from dataclasses import dataclass

from cadencia.pages.texts import PAGE_TEXTS
from cadencia.rules.explain import phrases
from cadencia.rules.statements import Statement

LANGUAGES = ("en", "es", "pt")
LANGUAGE_NAMES = {"en": "English", "es": "Español", "pt": "Português"}

_TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "in_force": "Law in force on {day}", "from": "in force from {day}", "until": "until {day}", "cite": "Source",
        "reading": "Reading", "reading_english": "Reading", "force": "Force", "confidence": "Confidence",
        "high": "high", "medium": "medium", "not_stated": "not stated", "unreviewed": "not reviewed by counsel",
        "reviewed": "reviewed by {by} on {on}", "checked": "source checked {day}", "none": "No law in force.",
        "also": "Law of {code}, which holds there as well", "coming": "Not yet in force",
        "drafts": "Drafts, never applied", "former": "Former versions", "draft_from": "would hold from {day}",
        "looser": "Looser than {rules}, which binds as well.",
        "covered": "{code} has no law of its own on file; that of {parents} holds there.",
        "hours": "Opening hours on {day}, {zone} (an ordinary debt)", "closed_all_day": "closed all day",
        "holiday": "public holiday",
        "zones": "{code} has several time zones: for the opening hours add --zone with one of: {zones}",
    },
    "es": {
        "in_force": "Normas vigentes el {day}", "from": "vigente desde {day}", "until": "hasta {day}", "cite": "Fuente",
        "reading": "Lectura", "reading_english": "Lectura (en el idioma del archivo)", "force": "Fuerza",
        "confidence": "Confianza", "high": "alta", "medium": "media", "not_stated": "no indicada",
        "unreviewed": "sin revisar por un abogado", "reviewed": "revisado por {by} el {on}",
        "checked": "fuente consultada el {day}", "none": "Ninguna norma vigente.",
        "also": "Normas de {code}, que también rigen allí", "coming": "Aún no vigentes",
        "drafts": "Proyectos, que nunca se aplican", "former": "Versiones anteriores",
        "draft_from": "regiría desde {day}", "looser": "Menos estricta que {rules}, que también obliga.",
        "covered": "{code} no tiene norma propia en los archivos; rige la de {parents}.",
        "hours": "Horario del {day}, {zone} (una deuda corriente)", "closed_all_day": "cerrado todo el día",
        "holiday": "festivo",
        "zones": "{code} tiene varias zonas horarias: para ver el horario agregue --zone con una de: {zones}",
    },
    "pt": {
        "in_force": "Normas em vigor em {day}", "from": "em vigor desde {day}", "until": "até {day}", "cite": "Fonte",
        "reading": "Leitura", "reading_english": "Leitura (no idioma do arquivo)", "force": "Força",
        "confidence": "Confiança", "high": "alta", "medium": "média", "not_stated": "não indicada",
        "unreviewed": "não revisado por advogado", "reviewed": "revisado por {by} em {on}",
        "checked": "fonte consultada em {day}", "none": "Nenhuma norma em vigor.",
        "also": "Normas de {code}, que também valem lá", "coming": "Ainda não em vigor",
        "drafts": "Projetos, que nunca se aplicam", "former": "Versões anteriores",
        "draft_from": "valeria desde {day}", "looser": "Menos rigorosa que {rules}, que também obriga.",
        "covered": "{code} não tem norma própria nos arquivos; vale a de {parents}.",
        "hours": "Horário de {day}, {zone} (uma dívida comum)", "closed_all_day": "fechado o dia todo",
        "holiday": "feriado",
        "zones": "{code} tem vários fusos horários: para ver o horário acrescente --zone com um de: {zones}",
    },
}  # fmt: skip


@dataclass(frozen=True)
class Words:
    """The words of one language."""

    language: str

    def say(self, key: str, **slots: object) -> str:
        """The text of that name with its slots filled. KeyError if there is none."""
        texts = _TEXTS[self.language]
        return (texts[key] if key in texts else PAGE_TEXTS[self.language][key]).format(**slots)

    def both(self, items: list[str]) -> str:
        """As "a and b"."""
        return phrases(self.language).both(items)

    def review(self, by: str, on: object) -> str:
        """Who reviewed a version, or that nobody did."""
        return self.say("reviewed", by=by, on=on) if by else self.say("unreviewed")

    def confidence(self, found: dict[str, int]) -> str:
        """As "high; 2 medium", of counts by confidence; the first is the version's own."""
        words = [(self.say(name or "not_stated"), n) for name, n in found.items()]
        return "; ".join([words[0][0], *(f"{n} {word}" for word, n in words[1:])]) if words else "-"

    def reading_label(self, statement: Statement) -> str:
        """The word for a reading, with a note where it could not be had in this language."""
        return self.say("reading" if statement.reading.language == self.language else "reading_english")

    def looser(self, statement: Statement) -> str:
        """That rules of a parent are stricter and bind as well; empty when none are named."""
        names = phrases(self.language).both(list(statement.looser_than))
        return self.say("looser", rules=names) if names else ""
