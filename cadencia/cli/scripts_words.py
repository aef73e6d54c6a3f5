"""The words of `cadencia scripts` in English, Spanish and Portuguese. Blocks and classes come from the catalogue."""

from __future__ import annotations

LANGUAGES = ("en", "es", "pt")

_WORDS: dict[str, tuple[str, str, str]] = {
    "clean": ("No findings.", "Sin observaciones.", "Nenhuma observação."),
    "findings": ("Findings: {n}", "Observaciones: {n}", "Observações: {n}"),
    "missing": ("missing: {name}", "falta: {name}", "falta: {name}"),
    "words": ("{name}: {words}", "{name}: {words}", "{name}: {words}"),
    "phrase": ("phrase that the rule names", "frase que la norma nombra", "frase que a norma nomeia"),
    "language": (
        "the law does not allow a script in {name}", "la norma no admite un guion en {name}",
        "a norma não admite um roteiro em {name}",
    ),
    "at": ("line {line}, column {column}", "línea {line}, columna {column}", "linha {line}, coluna {column}"),
    "reordered": (
        "suspicious: the sign {sign} shows letters in another order than they are written; delete it",
        "sospechoso: el signo {sign} muestra las letras en otro orden que el escrito; bórrelo",
        "suspeito: o sinal {sign} mostra as letras em outra ordem que a escrita; apague-o",
    ),
    "unseen": (
        "To be seen to by a person, no text can show it", "Lo debe cuidar una persona, ningún texto lo muestra",
        "Cabe a uma pessoa cuidar, nenhum texto o mostra",
    ),
    "noted": (
        "Noted, though no rule on file for this place bans it",
        "Advertido, aunque ninguna norma de este lugar lo prohíbe",
        "Notado, embora nenhuma norma deste lugar o proíba",
    ),
    "without_signs": (
        "Not judged, the catalogue has no signs for it", "Sin juzgar, el catálogo no tiene señales para esto",
        "Não julgado, o catálogo não tem sinais para isto",
    ),
    "approval": ("An approved text is required by", "Exige un texto aprobado", "Exige texto aprovado"),
    "approved": ("Approved by {by} on {on}.", "Aprobado por {by} el {on}.", "Aprovado por {by} em {on}."),
    "not_approved": (
        "Exactly this text is not approved for this use.", "Exactamente este texto no está aprobado para este uso.",
        "Exatamente este texto não está aprovado para este uso.",
    ),
    "entered": (
        "Entered as approved: {sha256}", "Inscrito como aprobado: {sha256}", "Inscrito como aprovado: {sha256}",
    ),
    "refused": (
        "Not approved: mend the findings first.", "No se aprueba: corrija antes las observaciones.",
        "Não se aprova: corrija antes as observações.",
    ),
    "no_rules": (
        "No script rule of the law on file binds this text; only its hash was taken.",
        "Ninguna norma de guiones en los archivos alcanza este texto; solo se tomó su huella.",
        "Nenhuma norma de roteiros nos arquivos alcança este texto; só se tomou seu hash.",
    ),
    "text": ("Text", "Texto", "Texto"),
}  # fmt: skip


def word(key: str, language: str, /, **slots: object) -> str:
    """One phrase with its slots filled; KeyError for a name or a language that is not there."""
    return dict(zip(LANGUAGES, _WORDS[key], strict=True))[language].format(**slots)


def names() -> tuple[str, ...]:
    """Every name that has words."""
    return tuple(_WORDS)
