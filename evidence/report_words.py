"""The words of a report in Spanish, English and Portuguese. A test holds that every language has every word."""

from __future__ import annotations

WORDS: dict[str, dict[str, str]] = {
    "title": {"es": "Informe de evidencia", "en": "Evidence report", "pt": "Relatório de evidência"},
    "person": {"es": "Persona", "en": "Person", "pt": "Pessoa"},
    "tenant": {"es": "Entidad", "en": "Organisation", "pt": "Organização"},
    "stretch": {"es": "Período", "en": "Period", "pt": "Período"},
    "attempts_asked": {"es": "Intentos solicitados", "en": "Attempts asked for", "pt": "Tentativas solicitadas"},
    "made_at": {"es": "Elaborado el", "en": "Made on", "pt": "Elaborado em"},
    "times": {
        "es": "Horas en {zone}; entre paréntesis, UTC.",
        "en": "Times in {zone}; in brackets, UTC.",
        "pt": "Horários em {zone}; entre parênteses, UTC.",
    },
    "times_utc": {"es": "Horas en UTC.", "en": "Times in UTC.", "pt": "Horários em UTC."},
    "summary": {"es": "Resumen", "en": "Summary", "pt": "Resumo"},
    "n_allowed": {"es": "Contactos permitidos", "en": "Contacts allowed", "pt": "Contatos permitidos"},
    "n_denied": {"es": "Contactos denegados", "en": "Contacts refused", "pt": "Contatos negados"},
    "n_attempts": {"es": "Intentos de contacto", "en": "Contact attempts", "pt": "Tentativas de contato"},
    "n_inbound": {"es": "Contactos de la persona", "en": "Contacts by the person", "pt": "Contatos da pessoa"},
    "n_consents": {"es": "Hechos y consentimientos", "en": "Facts and consents", "pt": "Fatos e consentimentos"},
    "n_erased": {"es": "Registros suprimidos", "en": "Records erased", "pt": "Registros apagados"},
    "n_earlier": {
        "es": "Otros intentos anteriores que cuentan (sin contenido)",
        "en": "Other earlier entries that count (without content)",
        "pt": "Outros registros anteriores que contam (sem conteúdo)",
    },
    "decisions": {"es": "Qué se decidió", "en": "What was decided", "pt": "O que foi decidido"},
    "record": {"es": "Registro", "en": "Record", "pt": "Registro"},
    "when": {"es": "Fecha y hora", "en": "When", "pt": "Data e hora"},
    "who": {"es": "Quién preguntó", "en": "Who asked", "pt": "Quem perguntou"},
    "channel": {"es": "Canal", "en": "Channel", "pt": "Canal"},
    "verdict": {"es": "Decisión", "en": "Verdict", "pt": "Decisão"},
    "why": {"es": "Artículo y motivo", "en": "Article and reason", "pt": "Artigo e motivo"},
    "allow": {"es": "permitido", "en": "allowed", "pt": "permitido"},
    "deny": {"es": "denegado", "en": "refused", "pt": "negado"},
    "counters": {"es": "Contadores antes", "en": "Counters before", "pt": "Contadores antes"},
    "used_of": {"es": "{used} de {at_most}", "en": "{used} of {at_most}", "pt": "{used} de {at_most}"},
    "of_household": {"es": "todo el hogar", "en": "the whole household", "pt": "todo o domicílio"},
    "of_workplace": {
        "es": "todo el lugar de trabajo",
        "en": "the whole place of work",
        "pt": "todo o local de trabalho",
    },
    "of_address": {"es": "todos en la dirección", "en": "everybody at the address", "pt": "todos no endereço"},
    "of_debt": {"es": "todos por la deuda", "en": "everybody about the debt", "pt": "todos pela dívida"},
    "of_account": {"es": "todos por la cuenta", "en": "everybody about the account", "pt": "todos pela conta"},
    "unreviewed": {
        "es": "norma no revisada por un abogado",
        "en": "rule not reviewed by counsel",
        "pt": "norma não revisada por advogado",
    },
    "opens": {"es": "posible desde {at}", "en": "possible from {at}", "pt": "possível a partir de {at}"},
    "history": {"es": "Historia de los contactos", "en": "History of contacts", "pt": "Histórico dos contatos"},
    "attempt": {"es": "Intento", "en": "Attempt", "pt": "Tentativa"},
    "steps": {"es": "Qué ocurrió", "en": "What happened", "pt": "O que aconteceu"},
    "consents": {
        "es": "Consentimientos, oposiciones y otros hechos",
        "en": "Consents, objections and other facts",
        "pt": "Consentimentos, oposições e outros fatos",
    },
    "known": {"es": "Conocido", "en": "Known since", "pt": "Conhecido"},
    "fact": {"es": "Hecho", "en": "Fact", "pt": "Fato"},
    "holds": {"es": "Vale", "en": "Holds", "pt": "Vale"},
    "source": {"es": "Fuente", "en": "Source", "pt": "Fonte"},
    "yes": {"es": "sí", "en": "yes", "pt": "sim"},
    "no": {"es": "no", "en": "no", "pt": "não"},
    "law": {"es": "Las normas, como estaban", "en": "The rules as they stood", "pt": "As normas, como estavam"},
    "rule": {"es": "Norma", "en": "Rule", "pt": "Norma"},
    "article": {"es": "Artículo", "en": "Article", "pt": "Artigo"},
    "since": {"es": "Vigente desde", "en": "In force since", "pt": "Em vigor desde"},
    "says": {"es": "Qué dice", "en": "What it says", "pt": "O que diz"},
    "always": {"es": "siempre", "en": "always", "pt": "sempre"},
    "books": {"es": "Compilación", "en": "Rulebook", "pt": "Compilação"},
    "book_missing": {
        "es": "sus archivos faltan en el archivo",
        "en": "its files are missing from the archive",
        "pt": "seus arquivos faltam no arquivo",
    },
    "erasure": {"es": "Lo que fue suprimido", "en": "What was erased", "pt": "O que foi apagado"},
    "erased": {"es": "contenido suprimido", "en": "content erased", "pt": "conteúdo apagado"},
    "erased_text": {
        "es": "El contenido de {n} registros fue suprimido a petición de la persona o por ley (registro {by}). Queda "
        "su lugar en la cadena, cuándo se registraron y una huella; el contenido no puede recuperarse.",
        "en": "The content of {n} records was erased at the person's request or by law (record {by}). What is left is "
        "their place in the chain, when they were recorded, and a digest; the content cannot be recovered.",
        "pt": "O conteúdo de {n} registros foi apagado a pedido da pessoa ou por lei (registro {by}). Resta seu lugar "
        "na cadeia, quando foram registrados e um resumo criptográfico; o conteúdo não pode ser recuperado.",
    },
    "check": {"es": "Cómo comprobarlo", "en": "How to check it", "pt": "Como verificar"},
    "check_text": {
        "es": "Este informe es parte de un paquete. En cualquier computador con Python 3.8 o posterior, «python "
        "verify.py paquete.zip» comprueba cada registro y nombra el primero que haya sido alterado. Use un verify.py "
        "que tenga de otra fuente si no confía en el del paquete.",
        "en": "This report is part of a pack. On any computer with Python 3.8 or later, “python verify.py pack.zip” "
        "checks every record and names the first that was altered. Use a verify.py from another source if you do not "
        "trust the one in the pack.",
        "pt": "Este relatório é parte de um pacote. Em qualquer computador com Python 3.8 ou posterior, “python "
        "verify.py pacote.zip” verifica cada registro e nomeia o primeiro que tenha sido alterado. Use um verify.py de "
        "outra fonte se não confiar no do pacote.",
    },
    "sealed": {
        "es": "Sellado en el registro {head} del libro; raíz {root}.",
        "en": "Sealed at entry {head} of the ledger; root {root}.",
        "pt": "Selado no registro {head} do livro; raiz {root}.",
    },
    "more": {
        "es": "Siguen {n} más, en {file}.",
        "en": "{n} more follow, in {file}.",
        "pt": "Seguem mais {n}, em {file}.",
    },
    "none": {"es": "Nada registrado.", "en": "Nothing recorded.", "pt": "Nada registrado."},
    "unknown": {"es": "no consta", "en": "not stated", "pt": "não consta"},
    "page": {"es": "Página {n} de {total}", "en": "Page {n} of {total}", "pt": "Página {n} de {total}"},
    "reading": {
        "es": "Nuestra lectura: {text}",
        "en": "How we read it: {text}",
        "pt": "Nossa leitura: {text}",
    },
    "reading_english": {
        "es": "Nuestra lectura, en inglés: {text}",
        "en": "How we read it: {text}",
        "pt": "Nossa leitura, em inglês: {text}",
    },
    "as_hold": {"es": "registrado como suspensión", "en": "recorded as a hold", "pt": "registrado como suspensão"},
    "debt": {"es": "deuda", "en": "debt", "pt": "dívida"},
    "address": {"es": "dirección", "en": "address", "pt": "endereço"},
    "from_at": {"es": "desde {at}", "en": "from {at}", "pt": "desde {at}"},
    "until_at": {"es": "hasta {at}", "en": "until {at}", "pt": "até {at}"},
    "wanted_hours": {"es": "horas que pidió", "en": "hours asked for", "pt": "horários pedidos"},
    "unwanted_hours": {"es": "horas que rechazó", "en": "hours refused", "pt": "horários recusados"},
    "taken_back": {"es": "ya ninguna", "en": "none any more", "pt": "mais nenhum"},
    # steps
    "reserved": {"es": "autorizado", "en": "permitted", "pt": "autorizado"},
    "placed": {"es": "realizado", "en": "made", "pt": "realizado"},
    "settled": {"es": "terminó: {outcome}", "en": "ended: {outcome}", "pt": "terminou: {outcome}"},
    "corrected": {
        "es": "corregido: {outcome} (antes {was})",
        "en": "corrected: {outcome} (was {was})",
        "pt": "corrigido: {outcome} (antes {was})",
    },
    "released": {"es": "devuelto sin realizarse", "en": "given back, not made", "pt": "devolvido sem ser realizado"},
    "expired": {
        "es": "el permiso venció; se cuenta como hecho",
        "en": "the permit ran out; it counts as made",
        "pt": "a permissão venceu; conta como feito",
    },
    "inbound": {"es": "la persona se comunicó", "en": "the person made contact", "pt": "a pessoa entrou em contato"},
    "imported": {
        "es": "de otro sistema: {outcome}",
        "en": "from another system: {outcome}",
        "pt": "de outro sistema: {outcome}",
    },
    "promise_due": {
        "es": "promesa de pago para el {day}",
        "en": "promise to pay by {day}",
        "pt": "promessa de pagar até {day}",
    },
    "cannot_pay": {
        "es": "no puede pagar antes del {day}",
        "en": "cannot pay before {day}",
        "pt": "não pode pagar antes de {day}",
    },
    # channels
    "call": {"es": "llamada", "en": "call", "pt": "ligação"},
    "voicemail": {"es": "buzón de voz", "en": "voicemail", "pt": "caixa postal"},
    "sms": {"es": "SMS", "en": "SMS", "pt": "SMS"},
    "whatsapp": {"es": "WhatsApp", "en": "WhatsApp", "pt": "WhatsApp"},
    "email": {"es": "correo electrónico", "en": "e-mail", "pt": "e-mail"},
    "letter": {"es": "carta", "en": "letter", "pt": "carta"},
    "visit": {"es": "visita", "en": "visit", "pt": "visita"},
    # outcomes
    "no_answer": {"es": "sin respuesta", "en": "no answer", "pt": "sem resposta"},
    "busy": {"es": "ocupado", "en": "busy", "pt": "ocupado"},
    "machine": {"es": "contestador", "en": "answering machine", "pt": "secretária eletrônica"},
    "voicemail_left": {"es": "mensaje de voz dejado", "en": "voicemail left", "pt": "recado deixado"},
    "message_delivered": {"es": "mensaje entregado", "en": "message delivered", "pt": "mensagem entregue"},
    "conversation": {"es": "conversación", "en": "conversation", "pt": "conversa"},
    "right_party_contact": {
        "es": "conversación con el titular",
        "en": "conversation with the person who owes",
        "pt": "conversa com o titular",
    },
    "wrong_party": {"es": "otra persona", "en": "wrong party", "pt": "outra pessoa"},
    "abandoned": {"es": "abandonada: sin agente", "en": "abandoned: no agent", "pt": "abandonada: sem agente"},
    "refusal": {"es": "negativa", "en": "refusal", "pt": "recusa"},
    "promise": {"es": "promesa de pago", "en": "promise to pay", "pt": "promessa de pagamento"},
    # initiators
    "manual": {"es": "agente, a mano", "en": "agent, by hand", "pt": "agente, manual"},
    "preview": {"es": "agente, con vista previa", "en": "agent, preview", "pt": "agente, com prévia"},
    "progressive": {"es": "marcador progresivo", "en": "progressive dialer", "pt": "discador progressivo"},
    "predictive": {"es": "marcador predictivo", "en": "predictive dialer", "pt": "discador preditivo"},
    "callback": {"es": "devolución de llamada", "en": "callback", "pt": "retorno de ligação"},
    "bot": {"es": "agente automático", "en": "bot", "pt": "robô"},
    "agentless": {"es": "sin agente", "en": "without agent", "pt": "sem agente"},
    "message": {"es": "mensajería", "en": "messages", "pt": "mensagens"},
    "retry": {"es": "reintento", "en": "retry", "pt": "nova tentativa"},
}


def word(name: str, language: str, **values: object) -> str:
    """A word in a language, its gaps filled; a name that has no word is told as it is."""
    found = WORDS.get(name)
    return found[language].format(**values) if found else name.replace("_", " ")
