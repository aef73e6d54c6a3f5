"""A difference between files of law as text, in three languages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from cadencia.rules.diff import Change, overall
from cadencia.rules.explain import phrases

_WHAT: dict[str, dict[str, str]] = {
    "en": {
        "file_added": "file added", "file_removed": "file removed", "version_added": "version added",
        "version_removed": "version removed", "rule_added": "rule added", "rule_removed": "rule removed",
        "calendar_added": "calendar added", "calendar_removed": "calendar removed",
    },
    "es": {
        "file_added": "archivo agregado", "file_removed": "archivo eliminado", "version_added": "versión agregada",
        "version_removed": "versión eliminada", "rule_added": "regla agregada", "rule_removed": "regla eliminada",
        "calendar_added": "calendario agregado", "calendar_removed": "calendario eliminado",
    },
    "pt": {
        "file_added": "arquivo incluído", "file_removed": "arquivo excluído", "version_added": "versão incluída",
        "version_removed": "versão excluída", "rule_added": "regra incluída", "rule_removed": "regra excluída",
        "calendar_added": "calendário incluído", "calendar_removed": "calendário excluído",
    },
}  # fmt: skip
_TERMS: dict[str, dict[str, str]] = {
    "en": {
        "version": "version {day}", "against": "compared with {day}", "draft": "draft, not applied", "nothing": "none",
        "same": "No difference in meaning; {n} rules unchanged.",
        "one": "1 change, {n} rules unchanged; all together: {effect}.",
        "many": "{changes} changes, {n} rules unchanged; all together: {effect}.",
    },
    "es": {
        "version": "versión {day}", "against": "comparada con {day}", "draft": "borrador, no se aplica",
        "nothing": "nada", "same": "Ninguna diferencia de sentido; {n} reglas sin cambios.",
        "one": "1 cambio, {n} reglas sin cambios; en conjunto: {effect}.",
        "many": "{changes} cambios, {n} reglas sin cambios; en conjunto: {effect}.",
    },
    "pt": {
        "version": "versão {day}", "against": "comparada com {day}", "draft": "rascunho, não se aplica",
        "nothing": "nada", "same": "Nenhuma diferença de sentido; {n} regras sem mudança.",
        "one": "1 mudança, {n} regras sem mudança; em conjunto: {effect}.",
        "many": "{changes} mudanças, {n} regras sem mudança; em conjunto: {effect}.",
    },
}  # fmt: skip


def change_text(change: Change, language: str) -> str:
    """One change on one line: where, what, and whether it is tighter or looser."""
    p, terms = phrases(language), _TERMS[language]
    where = [change.path]
    if change.version:
        where.append(terms["version"].format(day=change.version))
    if change.rule:
        where.append(change.rule)
    notes = [p.effects[change.effect]]
    if change.against:
        notes.append(terms["against"].format(day=change.against))
    if change.draft:
        notes.append(terms["draft"])
    return f"{', '.join(where)}: {_what(change, language)} ({'; '.join(notes)})"


def _what(change: Change, language: str) -> str:
    if change.what == "field_changed":
        return f"{change.field} {_shown(change.old, language)} -> {_shown(change.new, language)}"
    said = change.sentences.get(language)
    return _WHAT[language][change.what] + (f": {said}" if said else "")


def _shown(value: Any, language: str) -> str:
    if value is None or value == [] or value == "":
        return _TERMS[language]["nothing"]
    if isinstance(value, list):
        return f"[{', '.join(str(item) for item in value)}]"
    return str(value)


def summary_text(changes: Sequence[Change], unchanged: int, language: str) -> str:
    """How much changed, and what it does all together."""
    phrases(language)
    key = "same" if not changes else "one" if len(changes) == 1 else "many"
    effect = phrases(language).effects[overall(changes)]
    return _TERMS[language][key].format(changes=len(changes), n=unchanged, effect=effect)
