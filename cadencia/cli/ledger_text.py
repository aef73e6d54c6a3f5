"""What came of an operation, for people: few words, in three languages."""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

from cadencia.cli.columns import print_rows
from cadencia.cli.ledger_requests import Answer
from cadencia.evidence.archive import Archive, Publication
from cadencia.evidence.reason_words import own_reason
from cadencia.evidence.seal import EvidenceError

_LANGUAGES = ("en", "es", "pt")
_WORDS = {
    "allow": ("allowed", "permitido", "permitido"),
    "deny": ("denied", "negado", "negado"),
    "placed": ("placed: it may leave now", "colocado: puede salir ahora", "colocado: pode sair agora"),
    "refused": ("refused: it must not leave", "rechazado: no debe salir", "recusado: não deve sair"),
    "again": ("the same request had this answer before", "la misma solicitud ya tuvo esta respuesta",
              "o mesmo pedido já teve esta resposta"),
    "attempt": ("attempt", "intento", "tentativa"),
    "permit": ("permit", "permiso", "permissão"),
    "expires": ("place it before", "colóquelo antes de", "coloque-a antes de"),
    "opens": ("opens at", "abre a las", "abre às"),
    "released": ("released: it counts no longer", "liberado: ya no cuenta", "liberado: já não conta"),
    "settled": ("settled", "cerrado", "encerrado"),
    "corrected": ("corrected: counted anew", "corregido: se contó de nuevo", "corrigido: contado de novo"),
    "recorded": ("recorded", "registrado", "registrado"),
    "erased": ("erased; entries without payload now", "borrado; asientos que quedan sin contenido",
               "apagado; lançamentos que ficam sem conteúdo"),
    "rule": ("rule", "regla", "regra"),
    "debt": ("debt", "deuda", "dívida"),
    "used": ("used", "usados", "usados"),
    "left": ("left", "quedan", "restam"),
    "next": ("next at", "próximo", "próximo"),
    "base": ("contacts of", "contactos de", "contatos de"),
    "of_person": ("the person", "la persona", "a pessoa"),
    "of_household": ("the household", "el hogar", "o domicílio"),
    "of_workplace": ("the place of work", "el lugar de trabajo", "o local de trabalho"),
    "of_address": ("the address", "la dirección", "o endereço"),
    "of_debt": ("the debt", "la deuda", "a dívida"),
    "of_account": ("the account", "la cuenta", "a conta"),
    "nothing": ("no counting rule binds this contact", "ninguna regla de conteo rige este contacto",
                "nenhuma regra de contagem rege este contato"),
    "at": ("at (UTC)", "hora (UTC)", "hora (UTC)"),
    "kind": ("entry", "asiento", "lançamento"),
    "channel": ("channel", "canal", "canal"),
    "outcome": ("outcome", "resultado", "resultado"),
    "begun": ("there was no such ledger, a new one is begun: nothing was counted before",
              "no había tal libro, se empieza uno nuevo: antes no se contó nada",
              "não havia tal livro, começa-se um novo: antes nada foi contado"),
    "unserved": (
        "nobody serves this ledger: no other command can place this permit, and the attempt counts as whatever it may "
        "become. Run `cadencia ledger serve` before you reserve, or settle how the attempt ended",
        "nadie atiende este libro: ninguna otra orden puede colocar este permiso, y el intento cuenta como todo lo que "
        "pueda llegar a ser. Ejecute `cadencia ledger serve` antes de reservar, o cierre el intento con su resultado",
        "ninguém atende este livro: nenhum outro comando pode colocar esta permissão, e a tentativa conta como tudo "
        "o que possa vir a ser. Execute `cadencia ledger serve` antes de reservar, ou encerre a tentativa com seu fim",
    ),
    "error": ("not done", "no se hizo", "não foi feito"),
}  # fmt: skip


def word(name: str, language: str) -> str:
    """A word of the answers."""
    return _WORDS[name][_LANGUAGES.index(language)]


def tell(answer: Answer, language: str, archive: Path) -> None:
    """Writes an answer on standard output. archive: holds what the rules say that decided."""
    for name, telling in _TELLINGS.items():
        if name in answer:
            telling(answer, _Words(language, archive))
            return


class _Words:
    """Our words and the law's in one language."""

    def __init__(self, language: str, archive: Path) -> None:
        self._language, self._archive = language, archive

    def __call__(self, name: str) -> str:
        return word(name, self._language)

    def reasons(self, decision: dict[str, Any]) -> list[str]:
        """Each reason in a line: the rule, its article, what it says; as it was told where the archive has no words."""
        found = self._publication(str(decision.get("rulebook", ""))) if decision.get("reasons") else None
        return [f"  {reason['rule']}: {self._reason(reason, decision['at'][:10], found)}"
                for reason in decision.get("reasons", ())]  # fmt: skip

    def _reason(self, reason: dict[str, Any], day: str, publication: Publication | None) -> str:
        versions = publication.rules.get(reason["rule"], {}) if publication else {}
        told = versions.get(max((since for since in versions if since <= day), default=""), {})
        said = _in(told, "sentences", self._language) or own_reason(reason, self._language) or reason.get("message")
        article = _in(told, "cites", self._language) or reason.get("citation")
        return ": ".join(filter(None, (article, said))) or str(reason["kind"])

    def _publication(self, rulebook: str) -> Publication | None:
        try:
            return Archive(self._archive).publication(rulebook)
        except EvidenceError:  # none is of that name, or it was altered: evidence says so, an answer is still told
            return None


def _in(told: dict[str, Any], name: str, language: str) -> str:
    return str(told.get(name, {}).get(language, ""))


def _lines(*lines: str) -> None:
    sys.stdout.write("".join(f"{line}\n" for line in lines))


def _decided(answer: Answer, say: _Words) -> None:
    lines = [say(answer["verdict"]) + (f" ({say('again')})" if answer["replayed"] else "")]
    lines += _reasons(answer["decision"], say)
    if "permit" in answer:
        lines += [f"{say('attempt')}: {answer['attempt']}", f"{say('permit')}: {answer['permit']}",
                  f"{say('expires')} {_instant(answer['expires'])}"]  # fmt: skip
    _lines(*lines)


def _placed(answer: Answer, say: _Words) -> None:
    _lines(say("placed" if answer["placed"] else "refused"), *_reasons(answer["decision"], say))


def _reasons(decision: dict[str, Any], say: _Words) -> list[str]:
    lines = say.reasons(decision)
    if lines and decision.get("retry_at"):
        lines.append(f"{say('opens')} {_instant(decision['retry_at'])}")
    return lines


def _done(answer: Answer, say: _Words) -> None:
    _lines(say(answer["done"]) + (f": {answer['entries']}" if "entries" in answer else ""))


def _allowances(answer: Answer, say: _Words) -> None:
    rows: list[tuple[str, ...]] = [
        (one["rule"], one["debt"] or "", f"{one['used']}/{one['at_most']}", str(one["left"]),
         _instant(one["next_at"]) if one["next_at"] else one["retry"])
        for one in answer["allowances"]
    ]  # fmt: skip
    if not rows:
        _lines(say("nothing"))
        return
    heads = ["rule", "debt", "used", "left", "next"]
    if any(one["base"] != "person" for one in answer["allowances"]):
        heads.append("base")
        rows = [(*row, say(f"of_{one['base']}")) for row, one in zip(rows, answer["allowances"], strict=True)]
    print_rows([say(name) for name in heads], rows)


def _timeline(answer: Answer, say: _Words) -> None:
    rows = [
        (_instant(one["at"]), one["kind"], one["channel"], one["outcome"], one["attempt"]) for one in answer["timeline"]
    ]
    print_rows([say(name) for name in ("at", "kind", "channel", "outcome", "attempt")], rows)


def _instant(text: str) -> str:
    return datetime.fromisoformat(text).isoformat(sep=" ", timespec="seconds")


_TELLINGS: dict[str, Callable[[Answer, _Words], None]] = {
    "verdict": _decided, "placed": _placed, "done": _done, "allowances": _allowances, "timeline": _timeline,
}  # fmt: skip
