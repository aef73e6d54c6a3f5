"""Denials of the gate's and the engine's own, which have no article, in Spanish, English and Portuguese."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cadencia.engine.telling import ENGINE_REASONS, STATED_HOURS, STATED_REASONS
from cadencia.engine.words import VerdictCode

#: What the gate says of itself; dialer/judge.py has the same in English. A text that ends in a colon goes on with what
#: was recorded.
GATE_REASONS: dict[str, dict[str, str]] = {
    "busy": {
        "en": "Others kept writing about this person while it was decided: try again.",
        "es": "Otros seguían escribiendo sobre esta persona mientras se decidía: inténtelo de nuevo.",
        "pt": "Outros continuavam escrevendo sobre esta pessoa enquanto se decidia: tente de novo.",
    },
    "read_only": {
        "en": "The ledger failed and takes nothing more: look at it, then open the gate anew.",
        "es": "El libro falló y no admite nada más: revíselo y vuelva a abrir la puerta.",
        "pt": "O livro falhou e não aceita mais nada: verifique-o e abra a porta de novo.",
    },
    "clock_stepped": {
        "en": "This machine's clock was set, or is behind the ledger: put it right, then open the gate anew.",
        "es": "El reloj de esta máquina se cambió o va detrás del libro: corríjalo y vuelva a abrir la puerta.",
        "pt": "O relógio desta máquina foi alterado ou está atrás do livro: acerte-o e abra a porta de novo.",
    },
    "fact_conflict": {
        "en": "What is stated and what is recorded of the person disagree: ",
        "es": "Lo que se declara y lo que consta de la persona no coinciden: ",
        "pt": "O que se declara e o que consta da pessoa não coincidem: ",
    },
    "erased": {
        "en": "The person's data were erased, so nothing can be evaluated: no contact.",
        "es": "Los datos de la persona fueron suprimidos y nada puede evaluarse: ningún contacto.",
        "pt": "Os dados da pessoa foram apagados e nada pode ser avaliado: nenhum contato.",
    },
    "unreadable": {
        "en": "What is recorded of the person cannot be read, so nothing can be evaluated: look at the ledger.",
        "es": "Lo anotado sobre la persona no se puede leer y nada puede evaluarse: revise el libro.",
        "pt": "O que está anotado sobre a pessoa não pode ser lido e nada pode ser avaliado: verifique o livro.",
    },
    "hold": {
        "en": "A hold is set, lift it before contact: ",
        "es": "Hay una suspensión; levántela antes de contactar: ",
        "pt": "Há uma suspensão; retire-a antes do contato: ",
    },
    "opt_out": {
        "en": "The person refused this channel or address.",
        "es": "La persona rechazó este canal o esta dirección.",
        "pt": "A pessoa recusou este canal ou endereço.",
    },
    "do_not_call": {
        "en": "The address is recorded as not to be called.",
        "es": "La dirección consta como excluida de llamadas.",
        "pt": "O endereço consta como excluído de ligações.",
    },
    "history_overflow": {
        "en": "The person has more debts, addresses or creditors than can be counted exactly.",
        "es": "La persona tiene más deudas, direcciones o acreedores de los que pueden contarse con exactitud.",
        "pt": "A pessoa tem mais dívidas, endereços ou credores do que se pode contar com exatidão.",
    },
    "permit_expired": {
        "en": "The permit has run out, or is of before the gate was opened: reserve again.",
        "es": "El permiso venció, o es de antes de que se abriera la puerta: reserve de nuevo.",
        "pt": "A permissão venceu, ou é de antes de a porta ser aberta: reserve de novo.",
    },
}


def own_reason(reason: Mapping[str, Any], language: str) -> str:
    """The text of a denial that is not of a law; as it was recorded if it has none here, empty for one of a law."""
    rule, message = str(reason.get("rule", "")), str(reason.get("message", ""))
    if reason.get("kind") == "gate":
        text = GATE_REASONS.get(rule, {}).get(language, message)
        return text + message.partition(": ")[2] if text.endswith(": ") else text
    if reason.get("kind") == "engine":
        found = ENGINE_REASONS.get(VerdictCode.__members__.get(rule, VerdictCode.none), {}).get(language, message)
        return found + str(reason.get("jurisdiction", "")) if found.endswith(": ") else found
    return STATED_REASONS[language] if rule == STATED_HOURS else ""
