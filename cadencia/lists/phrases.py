"""The words of the summary and the plot in Spanish, English and Portuguese."""

from __future__ import annotations

from datetime import datetime

LANGUAGES = ("es", "en", "pt")
_MARKS = str.maketrans(",.", ".,")

_PHRASES: dict[str, tuple[str, str, str]] = {
    "at": ("A las", "At", "Às"),
    "rulebook": ("reglamento", "rulebook", "regulamento"),
    "lines": ("Líneas", "Lines", "Linhas"),
    "contacts": ("Contactos", "Contacts", "Contatos"),
    "contacts_are": (
        "un contacto es una persona, una deuda y una dirección",
        "a contact is one person, one debt, one address",
        "um contato é uma pessoa, uma dívida e um endereço",
    ),
    "read": ("leídas", "read", "lidas"),
    "allowed": ("permitidos ahora", "allowed now", "permitidos agora"),
    "denied": ("ahora no", "not now", "agora não"),
    "with_some": ("con alguno permitido", "with one allowed", "com algum permitido"),
    "with_none": ("con ninguno", "with none", "com nenhum"),
    "bad": ("con errores", "bad", "com erros"),
    "why_not": ("Por qué no", "Why not", "Por que não"),
    "rule": ("regla", "rule", "regra"),
    "citation": ("norma", "citation", "norma"),
    "blocks": ("bloquea", "blocks", "bloqueia"),
    "alone": ("por sí sola", "alone", "sozinha"),
    "more_rules": ("reglas más", "more rules", "regras mais"),
    "engine": ("del motor", "of the engine", "do motor"),
    "own_request": ("pedido de la persona", "asked by the person", "pedido da pessoa"),
    "by_country": ("Por país", "By country", "Por país"),
    "country": ("país", "country", "país"),
    "first_reason": ("lo que más bloquea", "what blocks most", "o que mais bloqueia"),
    "unlock": ("Cuándo se abren", "When they unlock", "Quando se abrem"),
    "from": ("desde", "from", "a partir de"),
    "opens": ("se abren", "open", "abrem-se"),
    "so_far": ("hasta entonces", "so far", "até então"),
    "now": ("ahora", "now", "agora"),
    "never": ("nunca", "never", "nunca"),
    "needs_fact": ("falta un dato o un permiso", "needs a fact or a consent", "falta um dado ou uma permissão"),
    "beyond_horizon": ("más allá de 400 días", "beyond 400 days", "além de 400 dias"),
    "bad_lines": ("Líneas con errores", "Bad lines", "Linhas com erros"),
    "field": ("campo", "field", "campo"),
    "mistakes": ("errores", "mistakes", "erros"),
    "example": ("por ejemplo", "for example", "por exemplo"),
    "line": ("línea", "line", "linha"),
    "all_in": ("todas en", "all of them in", "todas em"),
    "history": ("Historial", "History", "Histórico"),
    "list": ("lista", "list", "lista"),
    "events": ("eventos", "events", "eventos"),
    "persons": ("personas", "persons", "pessoas"),
    "repeated": ("repetidos, contados una vez", "repeated, counted once", "repetidos, contados uma vez"),
    "alike": (
        "filas iguales en todo, contadas todas; dé event_id para contarlas una vez",
        "rows equal in everything, all counted; give event_id to count once",
        "linhas iguais em tudo, contadas todas; dê event_id para contá-las uma vez",
    ),
    "never_met": ("personas fuera de la lista", "persons that are not in the list", "pessoas fora da lista"),
    "unattributed": (
        "líneas que no dicen de quién son: corríjalas, pueden faltar en las cuentas",
        "lines that do not say whose they are: correct them, the counts may lack them",
        "linhas que não dizem de quem são: corrija-as, podem faltar nas contagens",
    ),
    "time": ("tiempo", "time", "tempo"),
    "others": ("otros", "others", "outros"),
    "curve_title": (
        "Contactos que se han abierto hasta cada hora (los cierres posteriores no se restan)",
        "Contacts that have opened by each hour (later closings are not subtracted)",
        "Contatos que se abriram até cada hora (os fechamentos posteriores não são subtraídos)",
    ),
    "clock": ("hora", "clock", "hora"),
    "a_day_from": ("24 h desde", "24 h from", "24 h a partir de"),
    "later": ("después", "later", "depois"),
    "stage.read": ("leer", "read", "ler"),
    "stage.validate": ("validar", "validate", "validar"),
    "stage.locate": ("ubicar", "locate", "localizar"),
    "stage.history": ("historial", "history", "histórico"),
    "stage.decide": ("decidir", "decide", "decidir"),
    "stage.write": ("escribir", "write", "escrever"),
    "mon": ("lun", "Mon", "seg"),
    "tue": ("mar", "Tue", "ter"),
    "wed": ("mié", "Wed", "qua"),
    "thu": ("jue", "Thu", "qui"),
    "fri": ("vie", "Fri", "sex"),
    "sat": ("sáb", "Sat", "sáb"),
    "sun": ("dom", "Sun", "dom"),
}  # fmt: skip
_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def phrase(name: str, language: str) -> str:
    """One phrase; KeyError for a name or language that is not there."""
    return dict(zip(LANGUAGES, _PHRASES[name], strict=True))[language]


def weekday(day: datetime, language: str) -> str:
    """The short name of a day of the week."""
    return phrase(_WEEKDAYS[day.weekday()], language)


def number(value: float, language: str, decimals: int = 0) -> str:
    """A number with the marks of the language: 7,063.5 in English, 7.063,5 in Spanish and Portuguese."""
    text = f"{value:,.{decimals}f}"
    return text if language == "en" else text.translate(_MARKS)
