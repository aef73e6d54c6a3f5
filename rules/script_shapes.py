"""Amounts, telephone numbers, links, addresses and placeholders of a template, recognised by their shape.

In the reading that is searched for the texts that must be there, each becomes a word such as `ǂamount`, which a sign of
the catalogue writes as <amount>. In the readings searched for banned words, links and placeholders are blanked.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

from cadencia.rules.script_text import Traced

MARK = "ǂ"
SHAPES = (
    "amount", "phone", "url", "email", "date", "percent", "contract", "taxid", "number",
    "person", "agent", "firm", "creditor", "address", "link", "other",
)  # fmt: skip

_PLACEHOLDER = re.compile(
    r"\{\{\s*([\w .#-]{1,40}?)\s*\}\}|\$?\{\s*([\w .-]{0,40}?)\s*\}|%\(([\w .-]{1,40})\)s|<\s*([a-z][\w .-]{0,40})\s*>"
    r"|\[\s*([a-z][\w .-]{0,40})\s*\]|%([a-z_]{2,30})%|\$([a-z_]{3,30})\$"
)
_BRACKETED = 5  # the group of [NAME]: words in brackets may be text, so only known names count
_EMAIL = re.compile(r"[\w.+-]{1,64}@[a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,4}")
_URL = re.compile(r"https?://\S{3,200}|www\.\S{3,200}|(?<![\w@.])[a-z0-9-]{2,63}(?:\.[a-z]{2,10}){1,3}/\S{0,200}"
                  r"|(?<![\w@.])[a-z0-9-]{2,63}\.(?:com|net|org|co|mx|ar|cl|pe|es|br|pt|us|gb|uk|gov|gob|io|info|app)"
                  r"(?:\.[a-z]{2})?(?![\w.@])")  # fmt: skip
_CURRENCY = (
    r"usd|us\$|u\$s|r\$|mx\$|ar\$|cop\$?|clp\$?|s/\.?|mxn|ars|pen|brl|eur|gbp|\$|€|£"
)
_UNIT = (
    r"pesos|euros?|soles|reais|dolares|dollars|pounds|libras|mil pesos|usd|mxn|ars|clp|cop|pen|brl|eur|gbp|€|£|cents"
)
_FIGURE = r"\d{1,3}(?:[.,' ]\d{3})*(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,2})?"
_AMOUNT = re.compile(rf"(?<!\w)(?:{_CURRENCY})\s?(?:{_FIGURE})(?!\d)|(?<![\w.,])(?:{_FIGURE})\s?(?:{_UNIT})(?!\w)")
_TAXID = re.compile(
    r"(?:cnpj|cpf|nif|nipc|cuit|rut|ruc|nit|rfc)\W{0,4}(?:n\W{0,2})?[\dx*][\dx*.\-/]{5,18}"
    r"|\d{2}\.\d{3}\.\d{3}/\d{4}-\d{2}|\d{3}\.\d{3}\.\d{3}-\d{2}"
)
_CONTRACT = re.compile(
    r"(?:contrato|credito|cuenta|conta|operacion|operacao|prestamo|emprestimo|referencia|poliza|factura|fatura|pagare"
    r"|cartao|tarjeta|account|acct|loan|card|agreement|reference|ref|invoice|file|policy|expediente|processo|folio)"
    r"\s?(?:ending in|ending|terminada en|terminado em|final|number|numero|no|nro|num|n|#|°|º|:|\.|o|\*|\s){0,6}"
    r"\s?[a-z*x-]{0,6}\d[\w/*-]{2,24}"
)
_DATE = re.compile(r"(?<![\d/])\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?(?![\d/])|(?<!\d)\d{4}-\d{2}-\d{2}(?!\d)")
_PERCENT = re.compile(r"\d{1,3}(?:[.,]\d+)?\s?%")
_PHONE = re.compile(r"(?<![\w.,])(?:\+\s?)?\(?\d(?:[ .\-()/]{0,2}\d){6,14}(?![\w%])|(?<!\w)[*#]\d{3,5}(?!\d)")
_NUMBER = re.compile(r"(?<![\wǂ])\d[\d.,]*(?!\w)")
_STOP = frozenset("de del da do la el o a of the your su tu seu sua en em y e and".split())
_SEPARATORS = re.compile(r"[\s_.#-]+")


class Placeholders:
    """Which names of placeholders mean what: `monto` an amount, `empresa` the firm."""

    def __init__(self, names: Mapping[str, tuple[str, ...]]) -> None:
        self._kinds = {name: kind for kind, listed in names.items() for name in listed}

    def shape(self, match: re.Match[str]) -> str | None:
        """The shape that a placeholder stands for; `other` for a name not known; None if it is text in brackets."""
        name = next(group for group in match.groups() if group is not None)
        words = [word for word in _SEPARATORS.split(name) if word and word not in _STOP]
        found = next((self._kinds[word] for word in words if word in self._kinds), None)
        if found is None or not all(word in self._kinds for word in words):
            joined = self._kinds.get("".join(words))
            several = len(words) > 1 and match.lastindex == _BRACKETED
            return joined or (None if several or " " in name else found or "other")
        return found


def marked(text: str, placeholders: Placeholders) -> str:
    """Folded text with every shape as a word, for the search of texts that must be there."""

    def placeholder(match: re.Match[str]) -> str:
        shape = placeholders.shape(match)
        return match.group() if shape is None else f" {MARK}{shape} "

    text = _PLACEHOLDER.sub(placeholder, text)
    for pattern, shape in (
        (_EMAIL, "email"), (_URL, "url"), (_TAXID, "taxid"), (_CONTRACT, "contract"), (_AMOUNT, "amount"),
        (_PERCENT, "percent"), (_DATE, "date"), (_PHONE, "phone"), (_NUMBER, "number"),
    ):  # fmt: skip
        text = pattern.sub(f" {MARK}{shape} ", text)
    return text


def blanked(text: Traced, placeholders: Placeholders) -> Traced:
    """The text with placeholders, links and e-mail addresses as blanks; every other character keeps its place."""

    def blank(match: re.Match[str]) -> str:
        return " " * len(match.group())

    def placeholder(match: re.Match[str]) -> str:
        return match.group() if placeholders.shape(match) is None else blank(match)

    return Traced(_URL.sub(blank, _EMAIL.sub(blank, _PLACEHOLDER.sub(placeholder, text.text))), text.origins, text.wide)
