"""Every word of `cadencia decide` in Spanish, English and Portuguese. Rule sentences come from the rulebook."""

from __future__ import annotations

LANGUAGES = ("es", "en", "pt")

_WORDS: dict[str, tuple[str, str, str]] = {
    "allow": ("SE PUEDE contactar", "ALLOWED", "PERMITIDO"),
    "deny": ("NO SE PUEDE contactar", "NOT ALLOWED", "NÃO PERMITIDO"),
    "alone": ("por esta regla sola, se abre", "by this rule alone, opens", "só por esta regra, abre"),
    "all_open": ("Nada lo impide desde", "Nothing blocks from", "Nada impede a partir de"),
    "why": ("Por qué no", "Why not", "Por que não"),
    "citation": ("norma", "citation", "norma"),
    "force": ("fuerza", "force", "força"),
    "reading": ("lectura", "reading", "leitura"),
    "reading_as_filed": ("lectura (en el idioma del archivo)", "reading", "leitura (no idioma do arquivo)"),
    "no_law": (
        "Ninguna norma en los archivos trata de este contacto: esperar no lo abre. Hay que añadir la norma del lugar "
        "en jurisdictions/, o activar una política interna que lo cubra (--policy).",
        "No law on file speaks of this contact: waiting does not open it. File the law of the place in jurisdictions/, "
        "or switch on a house policy that covers it (--policy).",
        "Nenhuma norma nos arquivos trata deste contato: esperar não o abre. É preciso incluir a norma do lugar em "
        "jurisdictions/, ou ativar uma política interna que o cubra (--policy).",
    ),
    "review": ("revisión", "review", "revisão"),
    "reviewed": ("revisada por un abogado", "reviewed by counsel", "revisada por advogado"),
    "unreviewed": ("sin revisar por un abogado", "not yet reviewed by counsel", "ainda não revisada por advogado"),
    "opens_with": ("lo que puede abrirla", "what may open it", "o que pode abri-la"),
    "fact": ("el dato", "the fact", "o dado"),
    "date": ("la fecha", "the date", "a data"),
    "number": ("el número", "the number", "o número"),
    "known_false": ("consta que no", "known false", "consta que não"),
    "hours": ("Horario de ese día", "Hours of that day", "Horário desse dia"),
    "closed": ("cerrado", "closed", "fechado"),
    "strip_key": (
        "█ abierto   ▒ abierto en parte   · cerrado   ^ la hora consultada",
        "█ open   ▒ partly open   · closed   ^ the time asked about",
        "█ aberto   ▒ aberto em parte   · fechado   ^ a hora consultada",
    ),
    "where": ("De dónde salen el lugar y la hora", "How place and clock are known", "De onde vêm o lugar e o fuso"),
    "law": ("Ley", "Law", "Lei"),
    "zones": ("Zonas horarias", "Time zones", "Fusos horários"),
    "stated_law": ("indicada en la consulta", "as stated", "indicada na consulta"),
    "nothing": ("nada", "nothing", "nada"),
    "duties": ("Deberes", "Duties", "Deveres"),
    "warnings": ("Advertencias", "Warnings", "Avisos"),
    "rulebook": ("Reglamento", "Rulebook", "Regulamento"),
    "clue.phone": ("teléfono", "phone", "telefone"),
    "clue.region": ("región", "region", "região"),
    "clue.country": ("país", "country", "país"),
    "clue.postal_code": ("código postal", "postal code", "código postal"),
    "clue.locality": ("localidad", "locality", "localidade"),
    "clue.stated": ("zona indicada", "zone stated", "fuso indicado"),
    "clue.file": ("archivo de la ley", "file of the law", "arquivo da lei"),
    "duty.abandonment": ("tasa de abandono", "abandonment rate", "taxa de abandono"),
    "duty.connect_within_s": ("segundos para atender", "seconds to connect an agent", "segundos para atender"),
    "duty.connect_from": ("contados desde", "counted from", "contados a partir de"),
    "duty.ring_at_least_s": ("segundos mínimos de timbre", "seconds to ring at least", "segundos mínimos de toque"),
    "duty.recorded_message": ("mensaje grabado", "recorded message", "mensagem gravada"),
    "duty.machine_detection": ("detección de contestador", "machine detection", "detecção de secretária eletrônica"),
    "duty.caller_id": ("número que se muestra", "number shown", "número exibido"),
    "duty.script_approved": ("guion aprobado", "approved script", "roteiro aprovado"),
    "duty.script_blocks": ("textos que no pueden faltar", "texts that must be there", "textos obrigatórios"),
    "duty.script_phrases_banned": ("frases prohibidas", "phrases that are banned", "frases proibidas"),
    "duty.script_bans": ("expresiones prohibidas", "wording that is banned", "expressões proibidas"),
    "duty.automatic_minutes_a_day": (
        "minutos de marcado automático al día", "minutes of automatic dialling a day",
        "minutos de discagem automática por dia",
    ),
    "duty.script_languages": ("idiomas del guion", "languages of the script", "idiomas do roteiro"),
    "value.answer": ("la respuesta", "the answer", "o atendimento"),
    "value.greeting": ("el fin del saludo", "the end of the greeting", "o fim da saudação"),
    "value.required": ("obligatorio", "required", "obrigatório"),
    "value.forbidden": ("prohibido", "forbidden", "proibido"),
    "value.allowed": ("permitido", "allowed", "permitido"),
    "shown": ("a la vista", "shown", "visível"),
    "prefixes": ("prefijos", "prefixes", "prefixos"),
    "banned_prefixes": ("prefijos prohibidos", "prefixes that are banned", "prefixos proibidos"),
    "mon": ("lun", "Mon", "seg"),
    "tue": ("mar", "Tue", "ter"),
    "wed": ("mié", "Wed", "qua"),
    "thu": ("jue", "Thu", "qui"),
    "fri": ("vie", "Fri", "sex"),
    "sat": ("sáb", "Sat", "sáb"),
    "sun": ("dom", "Sun", "dom"),
}
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


def word(name: str, language: str) -> str:
    """One word or phrase; KeyError for a name or a language that is not there."""
    return dict(zip(LANGUAGES, _WORDS[name], strict=True))[language]


def names() -> tuple[str, ...]:
    """Every name that has words."""
    return tuple(_WORDS)
