"""What is wrong with a line and how to mend it, in Spanish and Portuguese. The readers say it in English; here it is
turned at the edge, so that no reader has to know the language of whoever reads the bad lines."""

from __future__ import annotations

import re
from functools import lru_cache

_COLUMN = {"es": 0, "pt": 1}
#: English -> (Spanish, Portuguese); {} stands for any text
TEXTS: dict[str, tuple[str, str]] = {
    # found
    "nothing": ("nada", "nada"),
    "an empty value between semicolons": (
        "un valor vacío entre puntos y comas",
        "um valor vazio entre pontos e vírgulas",
    ),
    "too many values": ("demasiados valores", "valores demais"),
    "{}, already on line {}": ("{}, ya está en la línea {}", "{}, já está na linha {}"),
    "a line longer than 1 MiB": ("una línea de más de 1 MiB", "uma linha com mais de 1 MiB"),
    "a quote that is not closed on its line, or stands inside a value": (
        "unas comillas que no se cierran en su línea, o que están dentro de un valor",
        "aspas que não se fecham na sua linha, ou que estão dentro de um valor",
    ),
    "a NUL byte at byte {}": ("un byte NUL en el byte {}", "um byte NUL no byte {}"),
    "a bare carriage return at byte {}": (
        "un retorno de carro suelto en el byte {}",
        "um retorno de carro solto no byte {}",
    ),
    "byte {} ({}) is not UTF-8": ("el byte {} ({}) no es UTF-8", "o byte {} ({}) não é UTF-8"),
    "{} values for {} columns": ("{} valores para {} columnas", "{} valores para {} colunas"),
    "no JSON object: {}": ("no es un objeto JSON: {}", "não é um objeto JSON: {}"),
    "an object or a nested list": ("un objeto o una lista dentro de otra", "um objeto ou uma lista dentro de outra"),
    "a key": ("una clave", "uma chave"),
    "line {} of the history: {}": ("línea {} del historial: {}", "linha {} do histórico: {}"),
    "history_overflow: more than {} distinct ids of one kind": (
        "history_overflow: más de {} nombres distintos de una clase",
        "history_overflow: mais de {} nomes distintos de uma classe",
    ),
    "history_overflow: more debts, addresses or creditors than can be counted": (
        "history_overflow: más deudas, direcciones o acreedores de los que se pueden contar",
        "history_overflow: mais dívidas, endereços ou credores do que se pode contar",
    ),
    # whole lines
    "split it, or look for a missing line end": (
        "divídala, o busque un fin de línea que falta",
        "divida-a, ou procure um fim de linha que falta",
    ),
    'quote the whole value and double a quote inside it: "5"" pipe"': (
        'ponga entre comillas el valor entero y duplique las de dentro: "5"" pipe"',
        'ponha entre aspas o valor inteiro e duplique as de dentro: "5"" pipe"',
    ),
    "remove it; the file must be text in UTF-8": (
        "quítelo; el archivo debe ser texto en UTF-8",
        "retire-o; o arquivo deve ser texto em UTF-8",
    ),
    "end lines with LF or CRLF only": ("termine las líneas solo con LF o CRLF", "termine as linhas só com LF ou CRLF"),
    "save the file as UTF-8": ("guarde el archivo en UTF-8", "salve o arquivo em UTF-8"),
    "quote a value that contains {}; a value may not contain a line break": (
        "ponga entre comillas el valor que contiene {}; un valor no puede tener saltos de línea",
        "ponha entre aspas o valor que contém {}; um valor não pode ter quebras de linha",
    ),
    "write one JSON object a line": ("escriba un objeto JSON por línea", "escreva um objeto JSON por linha"),
    "write text, a number, true, false, or a list of such": (
        "escriba texto, un número, true, false, o una lista de ellos",
        "escreva texto, um número, true, false, ou uma lista deles",
    ),
    "column {} is not known; did you mean {}? Otherwise leave it out with {}": (
        "no se conoce la columna {}; ¿quiso decir {}? Si no, déjela fuera con {}",
        "não se conhece a coluna {}; quis dizer {}? Senão, deixe-a de fora com {}",
    ),
    "column {} is not known; rename it as in docs/lists.md, or leave it out with {}": (
        "no se conoce la columna {}; póngale un nombre de docs/lists.md, o déjela fuera con {}",
        "não se conhece a coluna {}; dê-lhe um nome de docs/lists.md, ou deixe-a de fora com {}",
    ),
    # who
    "give every line a name of its own": ("dé a cada línea un nombre propio", "dê a cada linha um nome próprio"),
    "at most {} characters": ("como mucho {} caracteres", "no máximo {} caracteres"),
    "remove the control characters": ("quite los caracteres de control", "retire os caracteres de controle"),
    "remove it": ("quítelo", "retire-o"),
    "at most {} on a line": ("como mucho {} en una línea", "no máximo {} em uma linha"),
    "give {} or {}, not both": ("dé {} o {}, no los dos", "dê {} ou {}, não os dois"),
    "correct the history: without it a count might be too low, so nothing is allowed": (
        "corrija el historial: sin él una cuenta podría quedar corta, así que no se permite nada",
        "corrija o histórico: sem ele uma contagem poderia ficar baixa, por isso nada é permitido",
    ),
    # numbers
    "the type before the colon is one of: {}": (
        "el tipo antes de los dos puntos es uno de: {}",
        "o tipo antes dos dois-pontos é um de: {}",
    ),
    "write the number as +, country code and digits: {}": (
        "escriba el número con +, código de país y cifras: {}",
        "escreva o número com +, código do país e algarismos: {}",
    ),
    "write the number as +, country code and digits, or withheld": (
        "escriba el número con +, código de país y cifras, o withheld",
        "escreva o número com +, código do país e algarismos, ou withheld",
    ),
    "write the number with + and country code, or give its country ({})": (
        "escriba el número con + y código de país, o diga su país ({})",
        "escreva o número com + e código do país, ou diga o seu país ({})",
    ),
    "no number of {}; write it with + and country code": (
        "no es un número de {}; escríbalo con + y código de país",
        "não é um número de {}; escreva-o com + e código do país",
    ),
    "too short or too long for a number of {}; write it with + and country code": (
        "demasiado corto o largo para un número de {}; escríbalo con + y código de país",
        "curto ou longo demais para um número de {}; escreva-o com + e código do país",
    ),
    "not a number; write + and digits only, such as {}": (
        "no es un número; escriba solo + y cifras: {}",
        "não é um número; escreva só + e algarismos: {}",
    ),
    "has no + and no country; write it with + and its calling code, or state the country": (
        "no tiene + ni país; escríbalo con + y su código, o diga el país",
        "não tem + nem país; escreva-o com + e o seu código, ou diga o país",
    ),
    "begins with no country's calling code; write + and the calling code, such as {}": (
        "no empieza por el código de ningún país; escriba + y el código: {}",
        "não começa pelo código de nenhum país; escreva + e o código: {}",
    ),
    "too short for its country; write all of its digits": (
        "demasiado corto para su país; escriba todas sus cifras",
        "curto demais para o seu país; escreva todos os algarismos",
    ),
    "too long for its country; write one number and no extension": (
        "demasiado largo para su país; escriba un número sin extensión",
        "longo demais para o seu país; escreva um número sem ramal",
    ),
    "has a number of digits that its country does not use; check it": (
        "tiene un número de cifras que su país no usa; revíselo",
        "tem uma quantidade de algarismos que o seu país não usa; confira-o",
    ),
    "not assigned in its country's numbering plan; check it": (
        "no está asignado en el plan de numeración de su país; revíselo",
        "não está atribuído no plano de numeração do seu país; confira-o",
    ),
    # where
    "two letters of ISO 3166-1: {}": ("dos letras de ISO 3166-1: {}", "duas letras da ISO 3166-1: {}"),
    "an IANA zone: {}": ("una zona IANA: {}", "um fuso IANA: {}"),
    "a state or province as in ISO 3166-2: {}": (
        "un estado o provincia según ISO 3166-2: {}",
        "um estado ou província conforme a ISO 3166-2: {}",
    ),
    "correct it, or state region and zone as well": (
        "corríjalo, o diga también región y zona",
        "corrija-o, ou diga também região e fuso",
    ),
    "country {} is not an ISO 3166-1 code": (
        "el país {} no es un código ISO 3166-1",
        "o país {} não é um código ISO 3166-1",
    ),
    "region {} is not an ISO 3166-2 code": (
        "la región {} no es un código ISO 3166-2",
        "a região {} não é um código ISO 3166-2",
    ),
    "region {} does not exist in {}": ("la región {} no existe en {}", "a região {} não existe em {}"),
    "postal code without a country says nothing": (
        "un código postal sin país no dice nada",
        "um código postal sem país não diz nada",
    ),
    "postal code {} is of no area in {}": (
        "el código postal {} no es de ningún lugar de {}",
        "o código postal {} não é de nenhum lugar de {}",
    ),
    "zone {} is not an IANA zone": ("la zona {} no es una zona IANA", "o fuso {} não é um fuso IANA"),
    "write two letters, such as {}": ("escriba dos letras, como {}", "escreva duas letras, como {}"),
    "write one such as {}": ("escriba uno como {}", "escreva um como {}"),
    "write its ISO 3166-2 code": ("escriba su código ISO 3166-2", "escreva o seu código ISO 3166-2"),
    "add the country or region": ("añada el país o la región", "acrescente o país ou a região"),
    "write it like {} or {}": ("escríbalo como {} o {}", "escreva-o como {} ou {}"),
    # words, dates, amounts
    "one of: {}": ("uno de: {}", "um de: {}"),
    "this column may not be left out": ("esta columna no puede quedar vacía", "esta coluna não pode ficar vazia"),
    "write a date that exists as YYYY-MM-DD": (
        "escriba una fecha que exista, como AAAA-MM-DD",
        "escreva uma data que exista, como AAAA-MM-DD",
    ),
    "a year from {} to {}": ("un año de {} a {}", "um ano de {} a {}"),
    "a whole number, 0 or more": ("un número entero, 0 o más", "um número inteiro, 0 ou mais"),
    "a number, 0 or more, with a point and no thousands mark: {}": (
        "un número, 0 o más, con punto decimal y sin separador de miles: {}",
        "um número, 0 ou mais, com ponto decimal e sem separador de milhar: {}",
    ),
    "at most {} days": ("como mucho {} días", "no máximo {} dias"),
    "give days_past_due or due_date, not both": (
        "dé days_past_due o due_date, no los dos",
        "dê days_past_due ou due_date, não os dois",
    ),
    # facts and hours
    "at most {} facts on a line": ("como mucho {} hechos en una línea", "no máximo {} fatos em uma linha"),
    "{} is said to be true and false; keep one": (
        "{} se dice verdadero y falso; deje uno",
        "{} é dito verdadeiro e falso; deixe um",
    ),
    "write facts as name, !name, name@channel, name>from or name<until, separated by ;": (
        "escriba los hechos como nombre, !nombre, nombre@canal, nombre>desde o nombre<hasta, separados por ;",
        "escreva os fatos como nome, !nome, nome@canal, nome>desde ou nome<até, separados por ;",
    ),
    "{} is no fact; the facts are listed in docs/lists.md": (
        "{} no es un hecho; los hechos están en docs/lists.md",
        "{} não é um fato; os fatos estão em docs/lists.md",
    ),
    "{} is no channel; one of: {}": ("{} no es un canal; uno de: {}", "{} não é um canal; um de: {}"),
    "{} ends before it begins": ("{} termina antes de empezar", "{} termina antes de começar"),
    "a fact's time has its offset: {}": (
        "la hora de un hecho lleva su desfase: {}",
        "a hora de um fato leva o seu deslocamento: {}",
    ),
    "at most {} spans of hours": ("como mucho {} tramos de horas", "no máximo {} faixas de horas"),
    "write hours as {} or {}, separated by ;": (
        "escriba las horas como {} o {}, separadas por ;",
        "escreva as horas como {} ou {}, separadas por ;",
    ),
    "hours open before they close, and a day ends at 24:00; write a night as two spans": (
        "las horas abren antes de cerrar y el día termina a las 24:00; escriba una noche como dos tramos",
        "as horas abrem antes de fechar e o dia termina às 24:00; escreva uma noite como duas faixas",
    ),
    "a day is one of: {}": ("un día es uno de: {}", "um dia é um de: {}"),
    "write days in order: {}": ("escriba los días en orden: {}", "escreva os dias em ordem: {}"),
    # history
    "say whose attempt it was": ("diga de quién fue el intento", "diga de quem foi a tentativa"),
    "say when it was placed: {}": ("diga cuándo se hizo: {}", "diga quando foi feita: {}"),
    "an event after --at has not happened yet; correct its time, or take it out": (
        "un evento posterior a --at aún no ha ocurrido; corrija su hora, o quítelo",
        "um evento posterior a --at ainda não ocorreu; corrija a sua hora, ou retire-o",
    ),
    "an event before 2000 cannot be kept; take it out": (
        "no se puede guardar un evento anterior al año 2000; quítelo",
        "não se pode guardar um evento anterior a 2000; retire-o",
    ),
    "write the time with its offset: {}, or with Z": (
        "escriba la hora con su desfase: {}, o con Z",
        "escreva a hora com o seu deslocamento: {}, ou com Z",
    ),
    "true or false": ("true o false", "true ou false"),
    "inbound or outbound": ("inbound u outbound", "inbound ou outbound"),
}


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile("(.+?)".join(re.escape(part) for part in text.split("{}")), re.DOTALL)


# the more a text says itself, the better it tells what was said
_PATTERNS = [(_pattern(text), text) for text in sorted(TEXTS, key=lambda text: -len(text.replace("{}", "")))]


@lru_cache(4_096)
def in_language(text: str, language: str) -> str:
    """What a reader said, in `es`, `en` or `pt`; what is not said in that language, such as a value, stays as it is."""
    if language == "en" or not text:
        return text
    for pattern, english in _PATTERNS:
        found = pattern.fullmatch(text)
        if found:
            return TEXTS[english][_COLUMN[language]].format(*found.groups())
    said, semicolon, cure = text.partition("; ")
    return f"{in_language(said, language)}; {in_language(cure, language)}" if semicolon else text
