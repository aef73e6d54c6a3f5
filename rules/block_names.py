"""What a script must contain, in words: the names of text blocks that the shipped law uses, in English, Spanish and
Portuguese. They stand behind "the script must contain". Other names are an officer's own and shown as written."""

from __future__ import annotations

_LANGUAGES = ("en", "es", "pt")
_NAMES: dict[str, tuple[str, str, str]] = {
    "agent-name": ("the agent's name", "el nombre del agente", "o nome do atendente"),
    "ai-disclosure": ("that an automated voice speaks", "que habla una voz automática", "que fala uma voz automática"),
    "amount": ("the amount", "el monto", "o valor"),
    "amount-by-head": (
        "the amount of principal, interest and charges", "el monto de capital, intereses y cargos",
        "o valor de principal, juros e encargos",
    ),
    "applicable-law": ("the law that applies", "la ley aplicable", "a lei aplicável"),
    "authority-to-collect": (
        "the authority to collect", "la autorización para cobrar", "a autorização para cobrar",
    ),
    "callback-number": (
        "a number to call back", "un número al que devolver la llamada", "um número para retornar a chamada",
    ),
    "caller-name": ("the caller's name", "el nombre de quien llama", "o nome de quem liga"),
    "commercial-purpose": (
        "that the purpose is commercial", "que la finalidad es comercial", "que a finalidade é comercial",
    ),
    "complaint-authority": (
        "the authority that hears complaints", "la autoridad que recibe reclamaciones",
        "a autoridade que recebe reclamações",
    ),
    "contact-details": ("how to reach the caller", "los datos de contacto", "os dados de contato"),
    "contact-number": ("a contact number", "un número de contacto", "um número de contato"),
    "contract": ("the contract", "el contrato", "o contrato"),
    "creditor": ("who the creditor is", "quién es el acreedor", "quem é o credor"),
    "creditor-address": ("the creditor's address", "la dirección del acreedor", "o endereço do credor"),
    "creditor-cpf-cnpj": (
        "the creditor's tax number (CPF or CNPJ)", "el número fiscal del acreedor (CPF o CNPJ)",
        "o CPF ou CNPJ do credor",
    ),
    "creditor-name": ("the creditor's name", "el nombre del acreedor", "o nome do credor"),
    "creditor-or-agent-name": (
        "the name of the creditor or its agent", "el nombre del acreedor o de su representante",
        "o nome do credor ou de seu representante",
    ),
    "debt-details": ("the details of the debt", "los datos de la deuda", "os dados da dívida"),
    "end-within-10-seconds": (
        "the end of the call within 10 seconds if the person asks for it",
        "el fin de la llamada en 10 segundos si la persona lo pide",
        "o fim da chamada em 10 segundos se a pessoa o pedir",
    ),
    "fact-of-debt": ("that there is a debt", "que existe una deuda", "que existe uma dívida"),
    "firm-address": ("the firm's address", "la dirección de la empresa", "o endereço da empresa"),
    "firm-name": ("the firm's name", "el nombre de la empresa", "o nome da empresa"),
    "firm-phone": ("the firm's phone number", "el teléfono de la empresa", "o telefone da empresa"),
    "human-on-request": (
        "the offer of a human agent", "el ofrecimiento de un agente humano", "a oferta de um atendente humano",
    ),
    "identity": ("who is contacting", "quién se comunica", "quem entra em contato"),
    "identity-before-debt": (
        "a check of the person's identity before the debt is named",
        "la comprobación de la identidad de la persona antes de nombrar la deuda",
        "a confirmação da identidade da pessoa antes de citar a dívida",
    ),
    "identity-within-30-seconds": (
        "who is calling, within 30 seconds", "quién llama, en los primeros 30 segundos",
        "quem liga, nos primeiros 30 segundos",
    ),
    "itemised-amounts": ("each item of the amount", "el detalle del monto", "o detalhamento do valor"),
    "on-behalf-of": ("on whose behalf", "por cuenta de quién", "em nome de quem"),
    "pay-only-the-creditor": (
        "that only the creditor is to be paid", "que solo se paga al acreedor", "que só se paga ao credor",
    ),
    "payment-alternatives": ("the ways to settle the debt", "las alternativas de pago", "as alternativas de pagamento"),
    "payment-means": ("the means of payment", "los medios de pago", "os meios de pagamento"),
    "persons-responsible": (
        "the persons responsible for the collection", "los responsables de la cobranza",
        "os responsáveis pela cobrança",
    ),
    "plain-envelope": ("a plain envelope", "un sobre sin indicaciones", "um envelope sem indicações"),
    "postal-and-email-address": (
        "a postal and an e-mail address", "una dirección postal y una de correo electrónico",
        "um endereço postal e um de e-mail",
    ),
    "purpose": ("the purpose", "el motivo", "o motivo"),
    "purpose-of-call": ("the purpose of the call", "el motivo de la llamada", "o motivo da chamada"),
    "recording-notice": (
        "the notice that the call is recorded", "el aviso de que la llamada se graba",
        "o aviso de que a chamada é gravada",
    ),
    "us-dc-consent-request": (
        "the District of Columbia's request for consent", "la solicitud de consentimiento del Distrito de Columbia",
        "o pedido de consentimento do Distrito de Colúmbia",
    ),
    "us-dc-opt-out": (
        "the District of Columbia's way to opt out", "la forma de darse de baja del Distrito de Columbia",
        "a forma de descadastro do Distrito de Colúmbia",
    ),
    "us-dc-right-to-documents": (
        "the District of Columbia's right to documents", "el derecho a documentos del Distrito de Columbia",
        "o direito a documentos do Distrito de Colúmbia",
    ),
    "us-fed-automated-opt-out": (
        "the federal automated way to opt out", "la forma federal automática de darse de baja",
        "a forma federal automática de descadastro",
    ),
    "us-fed-limited-content-message": (
        "the federal limited-content message and nothing more",
        "el mensaje federal de contenido limitado y nada más", "a mensagem federal de conteúdo limitado e nada mais",
    ),
    "us-fed-location-inquiry": (
        "the federal location inquiry and nothing more", "la consulta federal de localización y nada más",
        "a consulta federal de localização e nada mais",
    ),
    "us-fed-mini-miranda": (
        "the federal notice that a debt collector speaks and uses what is said",
        "el aviso federal de que habla un cobrador que usará lo que se diga",
        "o aviso federal de que fala um cobrador que usará o que for dito",
    ),
    "us-fed-opt-out": (
        "the federal way to opt out", "la forma federal de darse de baja", "a forma federal de descadastro",
    ),
    "us-ma-rights": (
        "the notice of rights of Massachusetts", "el aviso de derechos de Massachusetts",
        "o aviso de direitos de Massachusetts",
    ),
    "us-ma-time-barred": (
        "the notice of Massachusetts on debts past the time limit",
        "el aviso de Massachusetts sobre deudas prescritas", "o aviso de Massachusetts sobre dívidas prescritas",
    ),
    "us-wa-itemization": (
        "each item of the amount, as Washington asks", "el detalle del monto que pide Washington",
        "o detalhamento do valor que Washington exige",
    ),
}  # fmt: skip


def block_name(block: str, language: str) -> str:
    """The block in words; «block» for a name that the shipped law does not use. ValueError for a language not known."""
    names = _NAMES.get(block)
    return names[_LANGUAGES.index(language)] if names else f"«{block}»"
