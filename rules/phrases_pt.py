"""Portuguese phrases of the rule language: Brazilian usage."""

from __future__ import annotations

from cadencia.rules.model import Window
from cadencia.rules.phrases import Noun, Phrases, elapsed, listed, runs
from cadencia.rules.phrases_subjects import SUBJECTS

_NUMBERS = ("nenhum", "um", "dois", "três", "quatro", "cinco", "seis", "sete", "oito", "nove", "dez")
_FEMININE = {0: "nenhuma", 1: "uma", 2: "duas"}
_DAY = ("segunda-feira", "terça-feira", "quarta-feira", "quinta-feira", "sexta-feira", "sábado", "domingo")
_DAYS = (
    "segundas-feiras", "terças-feiras", "quartas-feiras", "quintas-feiras", "sextas-feiras", "sábados", "domingos",
    "feriados",
)  # fmt: skip
_SATURDAY = 5  # from here on the names of days are masculine
_UNITS = {
    "second": ("segundo", "segundos"), "minute": ("minuto", "minutos"), "hour": ("hora", "horas"),
    "day": ("dia", "dias"), "full_day": ("dia completo", "dias completos"), "business_day": ("dia útil", "dias úteis"),
}  # fmt: skip


def _both(items: list[str]) -> str:
    return listed(items, "e")


def _either(items: list[str]) -> str:
    return listed(items, "ou")


def _count(n: int, feminine: bool) -> str:
    if feminine and n in _FEMININE:
        return _FEMININE[n]
    return _NUMBERS[n] if n < len(_NUMBERS) else str(n)


def _length(n: int, unit: str) -> str:
    return f"{n} {_UNITS[unit][n != 1]}"


def _of(noun: str) -> str:
    return f"d{noun}" if noun.startswith(("o ", "a ", "os ", "as ")) else f"de {noun}"


def _day_list(days: list[int]) -> str:
    """ "de segunda a sexta-feira", "às sextas-feiras, aos sábados e domingos": one article for each gender."""
    parts: list[str] = []
    single_of: dict[str, list[str]] = {}
    for run in runs(days):
        if len(run) > 2:
            first = _DAY[run[0]].removesuffix("-feira") if run[-1] < _SATURDAY else _DAY[run[0]]
            parts.append(f"de {first} a {_DAY[run[-1]]}")
            continue
        for day in run:
            single_of.setdefault("às" if day < _SATURDAY else "aos", []).append(_DAYS[day])
    parts += [f"{article} {_both(names)}" for article, names in single_of.items()]
    return _both(parts) if len(parts) < 3 else ", ".join(parts[:-1]) + f" e {parts[-1]}"


def _per(window: Window) -> str:
    if window.undefined_week:
        return f"por semana (que a lei não define: quaisquer {window.n} dias corridos, incluindo hoje)"
    if window.unit == "seconds":
        return f"em {_length(*elapsed(window.n))}"
    if window.unit == "civil_days":
        return "por dia" if window.n == 1 else f"em {window.n} dias corridos (incluindo hoje)"
    if window.unit == "business_days":
        return f"em {_length(window.n, 'business_day')}"
    return {"week": "por semana civil (a partir de segunda-feira)", "month": "por mês civil", "lifetime": "no total"}[
        window.unit
    ]


def _pause(window: Window) -> str:
    if window.undefined_week:
        return f"por uma semana (que a lei não define: {window.n} dias corridos, contando esse dia)"
    if window.unit == "seconds":
        return f"por {_length(*elapsed(window.n))}"
    if window.unit == "civil_days" and window.n > 1:
        return f"por {window.n} dias corridos (contando esse dia)"
    if window.unit == "business_days":
        return f"por {_length(window.n, 'business_day')} (contando esse dia)"
    rest = {"civil_days": "desse dia", "week": "dessa semana civil", "month": "desse mês civil"}
    return f"pelo resto {rest[window.unit]}" if window.unit in rest else "nunca mais"


PORTUGUESE = Phrases(
    code="pt",
    channels={
        "call": Noun("chamada", "chamadas", feminine=True),
        "voicemail": Noun("mensagem de voz", "mensagens de voz", feminine=True),
        "sms": Noun("SMS", "SMS"),
        "whatsapp": Noun("mensagem de WhatsApp", "mensagens de WhatsApp", feminine=True),
        "email": Noun("e-mail", "e-mails"),
        "letter": Noun("carta", "cartas", feminine=True),
        "visit": Noun("visita", "visitas", feminine=True),
    },
    events={
        "pending": Noun("contato em andamento", "contatos em andamento"),
        "placed": Noun("contato", "contatos"),
        "no_answer": Noun("chamada não atendida", "chamadas não atendidas", feminine=True),
        "busy": Noun("chamada para linha ocupada", "chamadas para linha ocupada", feminine=True),
        "machine": Noun(
            "chamada atendida por secretária eletrônica", "chamadas atendidas por secretária eletrônica", feminine=True
        ),
        "voicemail_left": Noun("mensagem de voz deixada", "mensagens de voz deixadas", feminine=True),
        "message_delivered": Noun("mensagem entregue", "mensagens entregues", feminine=True),
        "conversation": Noun("conversa", "conversas", feminine=True),
        "right_party_contact": Noun("conversa com o titular", "conversas com o titular", feminine=True),
        "wrong_party": Noun("contato com a pessoa errada", "contatos com a pessoa errada"),
        "abandoned": Noun("chamada abandonada", "chamadas abandonadas", feminine=True),
        "inbound": Noun("contato iniciado pela pessoa", "contatos iniciados pela pessoa"),
        "refusal": Noun("recusa de pagar ou de conversar", "recusas de pagar ou de conversar", feminine=True),
        "promise": Noun("promessa de pagamento", "promessas de pagamento", feminine=True),
        "void": Noun("contato que não chegou a ser feito", "contatos que não chegaram a ser feitos"),
    },
    parties={
        "debtor": "o devedor",
        "co_debtor": "o codevedor",
        "guarantor": "o fiador",
        "spouse": "o cônjuge",
        "attorney": "o advogado da pessoa",
        "third_party": "terceiros",
    },
    actors={
        "third_party_collector": "cobradores terceirizados",
        "creditor": "credores",
        "debt_buyer": "compradores de dívidas",
        "federal_financial_institution": "instituições financeiras federais",
        "asset_management_company": "empresas de gestão de ativos",
        "microfinance_institution": "instituições de microcrédito",
        "seller": "vendedores",
    },
    places={
        "unknown": "em endereço de tipo desconhecido",
        "mobile": "no telefone celular",
        "home": "na residência",
        "work": "no local de trabalho",
        "other": "em lugar que não seja a residência nem o trabalho",
    },
    debt_types={
        "unknown": "dívidas de tipo desconhecido",
        "consumer": "dívidas de consumo",
        "credit_card": "dívidas de cartão de crédito",
        "mortgage": "financiamentos imobiliários",
        "microfinance": "microcréditos",
        "medical": "dívidas médicas",
        "student_loan": "empréstimos estudantis",
        "motor_vehicle_instalment": "vendas de veículos a prazo",
        "installment_loan_le_3000": "empréstimos parcelados de até 3.000 dólares",
        "store_credit": "crediários de lojas",
        "telecom": "contas de telecomunicações",
        "utility": "contas de serviços públicos",
        "commercial": "dívidas comerciais",
        "rural_credit": "créditos rurais",
        "bank_loan": "empréstimos bancários",
        "high_cost_credit": "créditos de alto custo",
        "rent": "aluguéis em atraso",
        "consumer_finance": "financiamentos ao consumo",
    },
    stages={
        "unknown": "em fase desconhecida",
        "preventive": "antes do vencimento",
        "administrative": "em fase administrativa",
        "extrajudicial": "em fase extrajudicial",
        "judicial": "em fase judicial",
        "written_off": "após a baixa da dívida",
    },
    purposes={"collections": "cobrança", "servicing": "atendimento da conta", "marketing": "publicidade"},
    initiators={
        "manual": "por discagem manual",
        "preview": "por discagem com visualização prévia",
        "progressive": "por discagem progressiva",
        "predictive": "por discagem preditiva",
        "callback": "por retorno de chamada",
        "bot": "por robô de voz",
        "agentless": "sem atendente",
        "message": "por envio automático de mensagens",
        "retry": "por nova tentativa",
    },
    facts={
        "prior_consent": ("a pessoa", "deu diretamente ao cobrador o consentimento prévio para este contato"),
        "consent_time": ("a pessoa", "aceitou ser contatada fora do horário legal"),
        "consent_place": ("a pessoa", "aceitou ser contatada neste lugar"),
        "consent_channel": ("a pessoa", "escolheu ou autorizou este canal"),
        "consent_marketing": ("a pessoa", "consentiu em receber publicidade"),
        "consent_electronic": ("a pessoa", "consentiu em receber mensagens eletrônicas sobre a dívida"),
        "consent_third_party": ("a pessoa", "permitiu por escrito o contato com este terceiro"),
        "consent_visit": ("a pessoa", "autorizou expressamente visitas"),
        "opt_out": ("a pessoa", "recusou este canal ou endereço"),
        "cease_request": ("a pessoa", "pediu por escrito que todo contato cesse"),
        "written_only_request": ("a pessoa", "pediu para ser contatada somente por escrito"),
        "legal_advisor_only_request": ("a pessoa", "pediu para ser contatada somente por meio de seu assessor legal"),
        "do_not_call": ("o número ou endereço", "consta de um cadastro de bloqueio que vale para esta finalidade"),
        "attorney_represented": ("a pessoa", "é representada por advogado quanto a esta dívida"),
        "bankruptcy": ("a pessoa", "está em falência ou em renegociação judicial de dívidas"),
        "deceased": ("a pessoa", "faleceu"),
        "minor": ("a pessoa", "é menor de idade"),
        "incapable": ("a pessoa", "é incapaz, está hospitalizada ou tem outra proteção legal"),
        "dispute": ("a pessoa", "contesta a dívida"),
        "complaint_open": ("a pessoa", "tem uma reclamação aberta sobre a dívida"),
        "denies_debt": ("a pessoa", "nega a dívida"),
        "documents_held": ("o cobrador", "tem documentos que comprovam a dívida"),
        "settled": ("a dívida", "está paga ou quitada por acordo"),
        "hold": ("a dívida", "está suspensa internamente"),
        "moratorium": ("a dívida", "está sob moratória legal ou prazo legal de suspensão"),
        "court_proceedings": ("o processo judicial ou de execução", "já começou"),
        "insolvency_proceedings": ("o processo de insolvência", "já começou"),
        "refusal_served": ("a pessoa", "notificou formalmente que recusa qualquer interação"),
        "asked_no_calls": ("a pessoa", "pediu claramente para não receber chamadas"),
        "employer_prohibits": ("o empregador", "sabidamente proíbe este tipo de contato"),
        "employer_email_address": ("o endereço de e-mail", "é fornecido pelo empregador"),
        "home_attempt_failed": ("o contato na residência", "foi tentado sem êxito"),
        "only_contact_declared": ("a pessoa", "declarou este como seu único meio de contato"),
        "written_notice": ("o primeiro aviso por escrito", "já foi dado"),
        "advance_notice": ("esta visita", "foi avisada com antecedência suficiente"),
        "electronic_notice": ("o aviso prévio às mensagens eletrônicas", "já foi enviado por correio"),
        "guarantor_consent": ("o fiador", "consentiu em ser contatado"),
        "reply_to_person": ("este contato", "responde a uma mensagem ou chamada da pessoa"),
        "legal_notice": ("este contato", "é um aviso exigido por lei"),
        "location_only": ("este contato", "apenas pergunta onde está o devedor"),
        "agreed_callback": ("a pessoa", "combinou este dia e horário para uma chamada"),
        "existing_relationship": ("a pessoa", "é cliente com contrato vigente"),
        "script_approved": ("a versão do roteiro a ser usada", "está aprovada"),
        "script_language_ok": ("o roteiro", "está em um idioma que a pessoa lê"),
        "caller_id_withheld": ("o número", "seria ocultado"),
        "foreign_messenger": ("a mensagem", "passa por um aplicativo que a lei considera estrangeiro"),
        "live_agent_guaranteed": ("um atendente humano", "está garantido para esta chamada"),
        "collection_procedures_begun": ("o credor", "já iniciou o procedimento de cobrança"),
        "identity_theft": ("a pessoa", "alega roubo de identidade"),
        "military_service": ("a pessoa", "está em serviço militar ativo"),
        "vulnerable": ("a pessoa", "é vulnerável ou há suspeita de que seja"),
        "mortgage_arrears": ("a dívida", "está sujeita a um código de atraso hipotecário"),
        "charge_free": ("o contato", "não custa nada à pessoa ou usa um número que ela forneceu"),
        "prerecorded": ("o contato", "é uma voz gravada ou artificial"),
        "third_party_answered": ("um terceiro", "já respondeu a um pedido de localização"),
        "time_barred": ("a dívida", "está prescrita"),
        "declared_emergency": ("o endereço", "está em área com emergência declarada"),
        "recipient_pays": ("a pessoa", "paga para receber este contato"),
    },
    dates={
        "due_date": "o vencimento",
        "notice_sent": "o primeiro aviso por escrito",
        "assigned_on": "a cessão da dívida",
        "cease_on": "o pedido de cessação de contato",
        "refused_on": "a recusa",
        "consented_on": "o consentimento",
        "promise_due": "a data prometida de pagamento",
        "cannot_pay_until": "a data até a qual a pessoa não pode pagar",
        "reprieve_until": "o fim do prazo concedido",
        "charged_off_on": "a baixa da dívida",
        "named_date": "a data que a pessoa indicou",
        "work_request_on": "o pedido de não ser contatado no trabalho",
    },
    numbers={"amount_due": "o valor devido", "instalments_overdue": "o número de parcelas vencidas"},
    subjects=SUBJECTS["pt"],
    answered_by_person=Noun("chamada atendida por uma pessoa", "chamadas atendidas por uma pessoa", feminine=True),
    connected_or_abandoned=Noun(
        "chamada passada a um atendente ou abandonada", "chamadas passadas a um atendente ou abandonadas", feminine=True
    ),
    languages={
        "es": "espanhol", "en": "inglês", "pt": "português", "fr": "francês", "de": "alemão", "it": "italiano",
        "nl": "holandês", "ru": "russo", "pl": "polonês", "ar": "árabe", "el": "grego", "tr": "turco",
    },
    retry={
        "never": "Não volta a abrir.",
        "needs_fact": "Esperar não basta; antes é preciso que conste algo sobre a pessoa ou a dívida.",
        "beyond_horizon": "Não abre nos próximos 400 dias.",
    },
    refused={
        "contact_window": "Fora do horário.",
        "frequency_cap": "O máximo de contatos do período já foi feito.",
        "separation": "Cedo demais depois do último contato.",
        "cooling_off": "A pausa após um contato anterior ainda não terminou.",
        "channel_lock": "Outro canal já foi usado; os demais estão fechados por enquanto.",
        "recipient": "Esta pessoa não pode ser contatada, ou não neste lugar.",
        "channel_ban": "Este canal está fechado.",
        "consent": "Falta um consentimento, ou algo que consta impede o contato.",
        "precondition": "Uma condição prévia ao contato não está cumprida, ou não consta que esteja.",
        "caller_id": "O número exibido está oculto ou tem um prefixo não permitido.",
        "script": "O roteiro não está aprovado para este contato.",
        "dialing": "Cedo demais após uma chamada abandonada ou atendida por secretária eletrônica.",
    },
    effects={
        "tightens": "mais rigoroso", "loosens": "menos rigoroso", "neutral": "não muda o que é permitido",
        "mixed": "em parte mais rigoroso, em parte menos", "unknown": "efeito não determinado",
    },
    forces={
        "statute": "lei", "presumption": "presunção", "guidance": "orientação do supervisor",
        "code": "código de conduta", "policy": "política interna, não é lei",
    },
    terms={
        "contacts": "contatos",
        "new_contacts": "novos contatos",
        "decimal_mark": ",", "quote": "“{text}”", "script.phrases_in": "{phrases} (em {name})",
        "by": "de {actors}",
        "by_channel": "por {channels}",
        "with": "com {parties}",
        "for": "para fins de {purposes}",
        "for_any": "para qualquer finalidade",
        "about": "sobre {debts}",
        "about_other": "sobre dívidas que não sejam {debts}",
        "for_each": " para cada {subjects}",
        "for_each.apart": ", contado para cada {subjects}",
        "when_date": "; aplica-se somente {days}, ou quando essa data não consta",
        "when": "; aplica-se somente quando {facts}",
        "unless": "; não se aplica quando {facts}",
        "count.inbound": "por iniciativa da pessoa",
        "count.unanswered": "; as chamadas não atendidas contam",
        "count.except": "; ficam fora da conta {nouns}",
        "count.any_direction": "; os contatos iniciados pela pessoa também contam",
        "count.machine": "; contam as chamadas que uma máquina atendeu, com ou sem recado",
        "count.consented": "; não contam os contatos feitos com consentimento prévio",
        "count.after_first": "; só conta o que vem depois {of_first} que conste",
        "count.since": "; só conta o que ocorreu desde {date}",
        "window.unscoped": "horário de contato: {hours}",
        "window.clock": " (horário de {city})",
        "window.day": "{days} {hours}",
        "window.span": "das {opens} às {closes}",
        "window.any_hour": "a qualquer hora",
        "window.every_day": "todos os dias, inclusive feriados,",
        "window.weekdays_all": "todos os dias",
        "window.closed": "; {days}, nenhum contato",
        "window.never": "nenhum contato, em nenhum dia",
        "window.holidays_ordinary": "; os feriados são dias como os outros",
        "cap": "no máximo {n} {noun} {per}", "cap.none": "não se permitem {noun}",
        "cap.such": "no máximo {n} {noun} assim {per}",
        "separation": "devem passar pelo menos {length} desde {last}",
        "pause": "após {event}, não se permitem {subject} {pause}",
        "lock": "após {event} por um canal, os demais canais ficam fechados {pause}",
        "lock.scoped": "após {event} por outro canal, não se permitem {subject} {pause}",
        "recipient.parties": "contato somente com {parties}",
        "recipient.parties.scoped": "somente com {parties}",
        "recipient.not_at": "nenhum contato {places}",
        "recipient.not_at.scoped": "não se permitem {places}",
        "recipient.third_party": "no máximo {n} {noun} no total com {parties}",
        "recipient.no_third_party": "nenhum contato com {parties}",
        "ban": "não se permitem {subject}",
        "ban.unless": ", salvo quando {facts}",
        "only_if": "só se permitem {subject} quando {facts}",
        "not_if": "não se permitem {subject} quando {facts}",
        "consent.also_any": "; além disso, uma destas condições deve ser cumprida: {facts}",
        "consent.and_not": "; tampouco se permitem quando {facts}",
        "consent.unknown": ", nem quando isso não é conhecido",
        "only": "só se permitem {subject} {conditions}",
        "date.from.after": "a partir de {days} após {date}",
        "date.from.on": "a partir {of_date}",
        "date.from.before": "a partir de {days} antes {of_date}",
        "date.to.after": "até {days} após {date}",
        "date.to.on": "até {date}",
        "date.to.before": "até {days} antes {of_date}",
        "number.at_least": "se {number} for de pelo menos {n}",
        "number.at_most": "se {number} for de no máximo {n}",
        "unknown.deny": "; se esse dado não for conhecido, não se permitem",
        "unknown.allow": "; se esse dado não for conhecido, permitem-se",
        "caller.shown": "o número de quem liga deve ser exibido",
        "caller.prefixes": "o número deve começar por {prefixes}",
        "caller.banned": "o número não deve começar por {prefixes}",
        "caller.free": "qualquer número pode ser exibido",
        "script.approved": "deve ser usado um roteiro aprovado",
        "script.blocks": "o roteiro deve conter {blocks}",
        "script.banned": "o roteiro não deve dizer {phrases}",
        "script.bans": "o roteiro não pode usar expressões destas classes: {classes}",
        "script.languages": "o roteiro deve estar em {names}",
        "script.free": "qualquer roteiro pode ser usado",
        "dialing.after_abandoned": "após uma chamada abandonada, nenhuma chamada automática a esse número {pause}",
        "dialing.after_machine": "após uma chamada atendida por secretária eletrônica, nenhuma automática {pause}",
        "dialing.abandonment": "{numerator} não podem passar de {share}% {of_denominator}, em {window}, por {per}",
        "dialing.connect": "uma chamada atendida deve passar a um atendente em até {seconds} {after}",
        "dialing.connect.answer": "a partir do atendimento", "dialing.period.day": "cada dia civil",
        "dialing.connect.greeting": "a partir do fim da saudação da pessoa",
        "dialing.period.week": "cada semana civil", "dialing.period.month": "cada mês civil",
        "dialing.period.successive": "cada período sucessivo de {length} da campanha",
        "dialing.estimated": ", com uma estimativa fundamentada dos erros da detecção de secretária eletrônica",
        "dialing.ring": "uma chamada deve tocar por pelo menos {seconds}",
        "dialing.recorded.required": "exige-se mensagem gravada quando não há atendente livre",
        "dialing.recorded.forbidden": "mensagens gravadas são proibidas",
        "dialing.machine.allowed": "a detecção de secretária eletrônica é permitida",
        "dialing.machine.forbidden": "a detecção de secretária eletrônica é proibida",
        "dialing.automatic": "a discagem automática para uma pessoa pode durar no máximo {minutes} por dia",
        "dialing.free": "a discagem não tem limites", "dialing.silent": ", onde nenhuma lei fixa uma taxa",
        "refused.cap": "Já houve {n} {noun} no período.",
        "refused.cap_many": "Já houve {n} {noun} no período.",
        "refused.cap_none": "Nenhum contato desse tipo é permitido.",
    },
    both=_both,
    either=_either,
    count=_count,
    a=lambda noun: f"{_count(1, noun.feminine)} {noun.one}",
    first=lambda noun: f"{'a primeira' if noun.feminine else 'o primeiro'} {noun.one}",
    last=lambda noun: f"{'a última' if noun.feminine else 'o último'} {noun.one}",
    the_many=lambda noun: f"{'as' if noun.feminine else 'os'} {noun.many}",
    of=_of,
    day_list=_day_list,
    length=_length,
    per=_per,
    pause=_pause,
)  # fmt: skip
