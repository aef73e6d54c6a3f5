"""Spanish phrases of the rule language: neutral Latin American usage, readable in Spain."""

from __future__ import annotations

from cadencia.rules.model import Window
from cadencia.rules.phrases import Noun, Phrases, elapsed, listed, runs
from cadencia.rules.phrases_subjects import SUBJECTS

_NUMBERS = ("ningún", "un", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve", "diez")
_FEMININE = {0: "ninguna", 1: "una"}
_DAYS = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábados", "domingos", "festivos")
_DAY = ("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo")
_UNITS = {
    "second": ("segundo", "segundos"), "minute": ("minuto", "minutos"), "hour": ("hora", "horas"),
    "day": ("día", "días"), "full_day": ("día completo", "días completos"),
    "business_day": ("día hábil", "días hábiles"),
}  # fmt: skip
_SOUNDS_LIKE_I = ("i", "í", "hi", "y")
_SOUNDS_LIKE_O = ("o", "ó", "ho", "8")


def _both(items: list[str]) -> str:
    last = items[-1].lower() if items else ""
    euphonic = last.startswith(_SOUNDS_LIKE_I) and not last.startswith(("hie", "hia", "ya", "ye", "yo", "yu"))
    return listed(items, "e" if euphonic else "y")


def _either(items: list[str]) -> str:
    return listed(items, "u" if items and items[-1].lower().startswith(_SOUNDS_LIKE_O) else "o")


def _count(n: int, feminine: bool) -> str:
    if feminine and n in _FEMININE:
        return _FEMININE[n]
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)


def _length(n: int, unit: str) -> str:
    return f"{n} {_UNITS[unit][n != 1]}"


def _of(noun: str) -> str:
    return f"del {noun[3:]}" if noun.startswith("el ") else f"de {noun}"


def _day_list(days: list[int]) -> str:
    parts: list[str] = []
    for run in runs(days):
        parts += [f"de {_DAY[run[0]]} a {_DAY[run[-1]]}"] if len(run) > 2 else [_DAYS[day] for day in run]
    return _both(parts)


def _per(window: Window) -> str:
    if window.undefined_week:
        return f"por semana (que la ley no define: {window.n} días corridos cualesquiera, incluido el de hoy)"
    if window.unit == "seconds":
        return f"en {_length(*elapsed(window.n))}"
    if window.unit == "civil_days":
        return "al día" if window.n == 1 else f"en {window.n} días corridos (incluido el de hoy)"
    if window.unit == "business_days":
        return f"en {_length(window.n, 'business_day')}"
    return {"week": "por semana calendario (desde el lunes)", "month": "por mes calendario", "lifetime": "en total"}[
        window.unit
    ]


def _pause(window: Window) -> str:
    if window.undefined_week:
        return f"durante una semana (que la ley no define: {window.n} días corridos, contando ese día)"
    if window.unit == "seconds":
        return f"durante {_length(*elapsed(window.n))}"
    if window.unit == "civil_days" and window.n > 1:
        return f"durante {window.n} días corridos (contando ese día)"
    if window.unit == "business_days":
        return f"durante {_length(window.n, 'business_day')} (contando ese día)"
    rest = {"civil_days": "ese día", "week": "esa semana calendario", "month": "ese mes calendario"}
    return f"durante el resto de {rest[window.unit]}" if window.unit in rest else "nunca más"


SPANISH = Phrases(
    code="es",
    channels={
        "call": Noun("llamada", "llamadas", feminine=True),
        "voicemail": Noun("mensaje de voz", "mensajes de voz"),
        "sms": Noun("SMS", "SMS"),
        "whatsapp": Noun("mensaje de WhatsApp", "mensajes de WhatsApp"),
        "email": Noun("correo electrónico", "correos electrónicos"),
        "letter": Noun("carta", "cartas", feminine=True),
        "visit": Noun("visita", "visitas", feminine=True),
    },
    events={
        "pending": Noun("contacto en curso", "contactos en curso"),
        "placed": Noun("contacto", "contactos"),
        "no_answer": Noun("llamada sin respuesta", "llamadas sin respuesta", feminine=True),
        "busy": Noun("llamada a línea ocupada", "llamadas a línea ocupada", feminine=True),
        "machine": Noun("llamada atendida por un contestador", "llamadas atendidas por un contestador", feminine=True),
        "voicemail_left": Noun("mensaje de voz dejado", "mensajes de voz dejados"),
        "message_delivered": Noun("mensaje entregado", "mensajes entregados"),
        "conversation": Noun("conversación", "conversaciones", feminine=True),
        "right_party_contact": Noun("conversación con el titular", "conversaciones con el titular", feminine=True),
        "wrong_party": Noun("contacto con una persona equivocada", "contactos con una persona equivocada"),
        "abandoned": Noun("llamada abandonada", "llamadas abandonadas", feminine=True),
        "inbound": Noun("contacto iniciado por la persona", "contactos iniciados por la persona"),
        "refusal": Noun("negativa a pagar o a hablar", "negativas a pagar o a hablar", feminine=True),
        "promise": Noun("promesa de pago", "promesas de pago", feminine=True),
        "void": Noun("contacto que no llegó a hacerse", "contactos que no llegaron a hacerse"),
    },
    parties={
        "debtor": "el deudor",
        "co_debtor": "el codeudor",
        "guarantor": "el fiador",
        "spouse": "el cónyuge",
        "attorney": "el abogado de la persona",
        "third_party": "terceros",
    },
    actors={
        "third_party_collector": "gestores de cobranza externos",
        "creditor": "acreedores",
        "debt_buyer": "compradores de cartera",
        "federal_financial_institution": "instituciones financieras federales",
        "asset_management_company": "sociedades de gestión de activos",
        "microfinance_institution": "instituciones de microfinanzas",
        "seller": "vendedores",
    },
    places={
        "unknown": "en una dirección de tipo desconocido",
        "mobile": "en el teléfono móvil",
        "home": "en el domicilio",
        "work": "en el lugar de trabajo",
        "other": "en un lugar que no sea el domicilio ni el trabajo",
    },
    debt_types={
        "unknown": "deudas de tipo desconocido",
        "consumer": "deudas de consumo",
        "credit_card": "deudas de tarjeta de crédito",
        "mortgage": "créditos hipotecarios",
        "microfinance": "microcréditos",
        "medical": "deudas médicas",
        "student_loan": "préstamos estudiantiles",
        "motor_vehicle_instalment": "ventas de vehículos a plazos",
        "installment_loan_le_3000": "préstamos a plazos de hasta 3000 dólares",
        "store_credit": "créditos de tiendas",
        "telecom": "deudas de telecomunicaciones",
        "utility": "deudas de servicios públicos",
        "commercial": "deudas comerciales",
        "rural_credit": "créditos rurales",
        "bank_loan": "préstamos bancarios",
        "high_cost_credit": "créditos de alto costo",
        "rent": "alquileres impagos",
        "consumer_finance": "financiación al consumo",
    },
    stages={
        "unknown": "en etapa desconocida",
        "preventive": "antes del vencimiento",
        "administrative": "en etapa administrativa",
        "extrajudicial": "en etapa extrajudicial",
        "judicial": "en etapa judicial",
        "written_off": "después del castigo de la deuda",
    },
    purposes={"collections": "cobranza", "servicing": "atención de la cuenta", "marketing": "publicidad"},
    initiators={
        "manual": "por marcación manual",
        "preview": "por marcación con vista previa",
        "progressive": "por marcación progresiva",
        "predictive": "por marcación predictiva",
        "callback": "por devolución de llamada",
        "bot": "por robot de voz",
        "agentless": "sin agente",
        "message": "por envío automático de mensajes",
        "retry": "por reintento",
    },
    facts={
        "prior_consent": ("la persona", "dio directamente al gestor su consentimiento previo para este contacto"),
        "consent_time": ("la persona", "aceptó ser contactada fuera del horario legal"),
        "consent_place": ("la persona", "aceptó ser contactada en este lugar"),
        "consent_channel": ("la persona", "eligió o autorizó este canal"),
        "consent_marketing": ("la persona", "consintió recibir publicidad"),
        "consent_electronic": ("la persona", "consintió recibir mensajes electrónicos sobre la deuda"),
        "consent_third_party": ("la persona", "permitió por escrito el contacto con este tercero"),
        "consent_visit": ("la persona", "autorizó expresamente las visitas"),
        "opt_out": ("la persona", "rechazó este canal o esta dirección"),
        "cease_request": ("la persona", "pidió por escrito que cese todo contacto"),
        "written_only_request": ("la persona", "pidió ser contactada solo por escrito"),
        "legal_advisor_only_request": ("la persona", "pidió ser contactada solo por medio de su asesor legal"),
        "do_not_call": ("el número o la dirección", "figura en un registro de exclusión que obliga para este fin"),
        "attorney_represented": ("la persona", "está representada por un abogado respecto de esta deuda"),
        "bankruptcy": ("la persona", "está en quiebra o en reestructuración de deudas"),
        "deceased": ("la persona", "falleció"),
        "minor": ("la persona", "es menor de edad"),
        "incapable": ("la persona", "es incapaz, está hospitalizada o cuenta con otra protección legal"),
        "dispute": ("la persona", "disputa la deuda"),
        "complaint_open": ("la persona", "tiene un reclamo abierto sobre la deuda"),
        "denies_debt": ("la persona", "niega la deuda"),
        "documents_held": ("el gestor", "tiene documentos que prueban la deuda"),
        "settled": ("la deuda", "está pagada o saldada por acuerdo"),
        "hold": ("la deuda", "está suspendida internamente"),
        "moratorium": ("la deuda", "está bajo una moratoria legal o un plazo de gracia legal"),
        "court_proceedings": ("el proceso judicial o ejecutivo", "ya comenzó"),
        "insolvency_proceedings": ("el proceso de insolvencia", "ya comenzó"),
        "refusal_served": ("la persona", "notificó formalmente que rechaza toda interacción"),
        "asked_no_calls": ("la persona", "pidió claramente que no la llamen"),
        "employer_prohibits": ("el empleador", "prohíbe este tipo de contacto, según se sabe"),
        "employer_email_address": ("la dirección de correo", "pertenece al empleador"),
        "home_attempt_failed": ("el contacto en el domicilio", "se intentó sin éxito"),
        "only_contact_declared": ("la persona", "declaró este como su único medio de contacto"),
        "written_notice": ("el primer aviso escrito", "ya se entregó"),
        "advance_notice": ("esta visita", "se avisó con antelación suficiente"),
        "electronic_notice": ("el aviso previo a los mensajes electrónicos", "ya se envió por correo postal"),
        "guarantor_consent": ("el fiador", "consintió ser contactado"),
        "reply_to_person": ("este contacto", "responde a un mensaje o una llamada de la persona"),
        "legal_notice": ("este contacto", "es un aviso exigido por la ley"),
        "location_only": ("este contacto", "solo pregunta dónde está el deudor"),
        "agreed_callback": ("la persona", "acordó este día y esta hora para una llamada"),
        "existing_relationship": ("la persona", "es cliente con un contrato vigente"),
        "script_approved": ("la versión del guion que se usará", "está aprobada"),
        "script_language_ok": ("el guion", "está en un idioma que la persona lee"),
        "caller_id_withheld": ("el número", "se mostraría oculto"),
        "foreign_messenger": ("el mensaje", "usa una mensajería que la ley considera extranjera"),
        "live_agent_guaranteed": ("un agente humano", "está garantizado para esta llamada"),
        "collection_procedures_begun": ("el acreedor", "ya inició el procedimiento de cobranza"),
        "identity_theft": ("la persona", "alega robo de identidad"),
        "military_service": ("la persona", "está en servicio militar activo"),
        "vulnerable": ("la persona", "es vulnerable o se sospecha que lo es"),
        "mortgage_arrears": ("la deuda", "está sujeta a un código de mora hipotecaria"),
        "charge_free": ("el contacto", "no le cuesta nada a la persona o usa un número que ella dio"),
        "prerecorded": ("el contacto", "es una voz grabada o artificial"),
        "third_party_answered": ("un tercero", "ya respondió a una consulta de localización"),
        "time_barred": ("la deuda", "está prescrita"),
        "declared_emergency": ("la dirección", "está en una zona con emergencia declarada"),
        "recipient_pays": ("la persona", "paga por recibir este contacto"),
    },
    dates={
        "due_date": "el vencimiento",
        "notice_sent": "el primer aviso escrito",
        "assigned_on": "la cesión de la deuda",
        "cease_on": "la solicitud de cese de contacto",
        "refused_on": "la negativa",
        "consented_on": "el consentimiento",
        "promise_due": "la fecha prometida de pago",
        "cannot_pay_until": "la fecha hasta la que la persona no puede pagar",
        "reprieve_until": "el fin del plazo concedido",
        "charged_off_on": "el castigo de la deuda",
        "named_date": "la fecha que indicó la persona",
        "work_request_on": "la solicitud de no ser contactado en el trabajo",
    },
    numbers={"amount_due": "el importe adeudado", "instalments_overdue": "el número de cuotas vencidas"},
    subjects=SUBJECTS["es"],
    answered_by_person=Noun("llamada atendida por una persona", "llamadas atendidas por una persona", feminine=True),
    connected_or_abandoned=Noun(
        "llamada pasada a un agente o abandonada", "llamadas pasadas a un agente o abandonadas", feminine=True
    ),
    languages={
        "es": "español", "en": "inglés", "pt": "portugués", "fr": "francés", "de": "alemán", "it": "italiano",
        "nl": "neerlandés", "ru": "ruso", "pl": "polaco", "ar": "árabe", "el": "griego", "tr": "turco",
    },
    retry={
        "never": "No vuelve a abrirse.",
        "needs_fact": "Esperar no basta; antes debe constar algo sobre la persona o la deuda.",
        "beyond_horizon": "No se abre en los próximos 400 días.",
    },
    refused={
        "contact_window": "Fuera de horario.",
        "frequency_cap": "Ya se hizo el máximo de contactos del periodo.",
        "separation": "Demasiado pronto desde el último contacto.",
        "cooling_off": "No ha terminado la pausa posterior a un contacto anterior.",
        "channel_lock": "Ya se usó otro canal; los demás están cerrados por ahora.",
        "recipient": "No se puede contactar a esta persona, o no en este lugar.",
        "channel_ban": "Este canal está cerrado.",
        "consent": "Falta un consentimiento, o algo que consta impide el contacto.",
        "precondition": "No se cumple una condición previa al contacto, o no consta que se cumpla.",
        "caller_id": "El número mostrado está oculto o tiene un prefijo no permitido.",
        "script": "El guion no está aprobado para este contacto.",
        "dialing": "Demasiado pronto tras una llamada abandonada o atendida por un contestador.",
    },
    effects={
        "tightens": "más estricto", "loosens": "más laxo", "neutral": "no cambia lo permitido",
        "mixed": "en parte más estricto, en parte más laxo", "unknown": "efecto no determinado",
    },
    forces={
        "statute": "ley", "presumption": "presunción", "guidance": "orientación del supervisor",
        "code": "código de conducta", "policy": "política interna, no es ley",
    },
    terms={
        "contacts": "contactos",
        "new_contacts": "nuevos contactos",
        "decimal_mark": ",", "quote": "«{text}»", "script.phrases_in": "{phrases} (en {name})",
        "by": "de {actors}",
        "by_channel": "por {channels}",
        "with": "con {parties}",
        "for": "con fines de {purposes}",
        "for_any": "con cualquier fin",
        "about": "por {debts}",
        "about_other": "por deudas distintas de {debts}",
        "for_each": " por cada {subjects}",
        "for_each.apart": ", contado por cada {subjects}",
        "when_date": "; se aplica solo {days}, o si no consta esa fecha",
        "when": "; se aplica solo si {facts}",
        "unless": "; no se aplica si {facts}",
        "count.inbound": "a iniciativa de la persona",
        "count.unanswered": "; las llamadas sin respuesta cuentan",
        "count.except": "; quedan fuera de la cuenta {nouns}",
        "count.any_direction": "; también cuentan los contactos iniciados por la persona",
        "count.machine": "; las llamadas que atendió un contestador cuentan, con o sin mensaje",
        "count.consented": "; no cuentan los contactos hechos con consentimiento previo",
        "count.after_first": "; solo cuenta lo posterior a {first} que conste",
        "count.since": "; solo cuenta lo ocurrido desde {date}",
        "window.unscoped": "horario de contacto: {hours}",
        "window.clock": " (hora de {city})",
        "window.day": "{days} {hours}",
        "window.span": "de {opens} a {closes}",
        "window.any_hour": "a cualquier hora",
        "window.every_day": "todos los días, incluidos los festivos,",
        "window.weekdays_all": "todos los días",
        "window.closed": "; {days}, ningún contacto",
        "window.never": "ningún contacto, ningún día",
        "window.holidays_ordinary": "; los festivos son días como los demás",
        "cap": "como máximo {n} {noun} {per}",
        "cap.none": "no se permiten {noun}",
        "cap.such": "como máximo {n} {noun} así {per}",
        "separation": "deben pasar al menos {length} desde {last}",
        "pause": "tras {event}, no se permiten {subject} {pause}",
        "lock": "tras {event} por un canal, los demás canales quedan cerrados {pause}",
        "lock.scoped": "tras {event} por otro canal, no se permiten {subject} {pause}",
        "recipient.parties": "contacto solo con {parties}",
        "recipient.parties.scoped": "solo con {parties}",
        "recipient.not_at": "ningún contacto {places}",
        "recipient.not_at.scoped": "no se permiten {places}",
        "recipient.third_party": "como máximo {n} {noun} en total con {parties}",
        "recipient.no_third_party": "ningún contacto con {parties}",
        "ban": "no se permiten {subject}",
        "ban.unless": ", salvo si {facts}",
        "only_if": "solo se permiten {subject} si {facts}",
        "not_if": "no se permiten {subject} si {facts}",
        "consent.also_any": "; además debe cumplirse una de estas condiciones: {facts}",
        "consent.and_not": "; tampoco se permiten si {facts}",
        "consent.unknown": ", ni si eso no se sabe",
        "only": "solo se permiten {subject} {conditions}",
        "date.from.after": "a partir de {days} después {of_date}",
        "date.from.on": "a partir {of_date}",
        "date.from.before": "a partir de {days} antes {of_date}",
        "date.to.after": "hasta {days} después {of_date}",
        "date.to.on": "hasta {date}",
        "date.to.before": "hasta {days} antes {of_date}",
        "number.at_least": "si {number} es de al menos {n}",
        "number.at_most": "si {number} es de {n} como máximo",
        "unknown.deny": "; si ese dato no se conoce, no se permiten",
        "unknown.allow": "; si ese dato no se conoce, se permiten",
        "caller.shown": "el número de quien llama debe mostrarse",
        "caller.prefixes": "el número debe empezar por {prefixes}",
        "caller.banned": "el número no debe empezar por {prefixes}",
        "caller.free": "puede mostrarse cualquier número",
        "script.approved": "debe usarse un guion aprobado",
        "script.blocks": "el guion debe contener {blocks}",
        "script.banned": "el guion no debe decir {phrases}",
        "script.bans": "el guion no puede usar expresiones de estas clases: {classes}",
        "script.languages": "el guion debe estar en {names}",
        "script.free": "puede usarse cualquier guion",
        "dialing.after_abandoned": "tras una llamada abandonada, ninguna llamada automática a ese número {pause}",
        "dialing.after_machine": "tras una llamada atendida por un contestador, ninguna llamada automática {pause}",
        "dialing.abandonment": "{numerator} no pueden superar el {share} % de {denominator}, en {window}, por {per}",
        "dialing.connect": "una llamada atendida debe pasar a un agente en un máximo de {seconds} {after}",
        "dialing.connect.answer": "desde que se atiende", "dialing.period.day": "cada día natural",
        "dialing.connect.greeting": "desde que termina el saludo de la persona",
        "dialing.period.week": "cada semana natural", "dialing.period.month": "cada mes natural",
        "dialing.period.successive": "cada período sucesivo de {length} de la campaña",
        "dialing.estimated": ", con una estimación razonada de los errores de la detección de contestador",
        "dialing.ring": "una llamada debe sonar al menos {seconds}",
        "dialing.recorded.required": "se exige un mensaje grabado cuando no hay agente libre",
        "dialing.recorded.forbidden": "se prohíben los mensajes grabados",
        "dialing.machine.allowed": "se permite la detección de contestadores",
        "dialing.machine.forbidden": "se prohíbe la detección de contestadores",
        "dialing.automatic": "el marcado automático a una persona puede durar como máximo {minutes} al día",
        "dialing.free": "la marcación no tiene límites", "dialing.silent": ", donde ninguna ley fija una tasa",
        "refused.cap": "Ya hubo {n} {noun} en el periodo.",
        "refused.cap_many": "Ya hubo {n} {noun} en el periodo.",
        "refused.cap_none": "No se permite ningún contacto de este tipo.",
    },
    both=_both,
    either=_either,
    count=_count,
    a=lambda noun: f"{_count(1, noun.feminine)} {noun.one}",
    first=lambda noun: f"{'la primera' if noun.feminine else 'el primer'} {noun.one}",
    last=lambda noun: f"{'la última' if noun.feminine else 'el último'} {noun.one}",
    the_many=lambda noun: f"{'las' if noun.feminine else 'los'} {noun.many}",
    of=_of,
    day_list=_day_list,
    length=_length,
    per=_per,
    pause=_pause,
)  # fmt: skip
