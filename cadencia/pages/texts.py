"""The texts of the pages in English, Spanish and Portuguese."""

from __future__ import annotations

#: language -> name of the text -> text with {slots}
PAGE_TEXTS: dict[str, dict[str, str]] = {
    "en": {
        "every_day": "every day",
        "silent": "no law on file speaks of it, so it is denied", "denied": "denied: no law of collection on file",
        "disclaimer": "This page is research, made from the files of law in `jurisdictions/`. It is not legal advice.",
        "as_of": "As of {day}.", "all_places": "All places", "binds": "What binds here", "own": "Own law",
        "above": "Law of {place}, which binds here as well", "alone": "The same law alone holds in: {codes}.",
        "not_known": "No law in force is on file: a contact here is denied (`no_rules_known`).",
        "week": "Opening hours for calls", "collector": "collection by a third-party collector",
        "creditor": "collection by the creditor", "marketing": "marketing by a seller",
        "no_limit": "any hour", "closed": "closed", "no_hours": "no hours in the law",
        "week_note": "Local time of the person, by opening hours alone: other rules may close what is open here.",
        "rules": "Rules in force", "calendar": "Public holidays of {years}", "calendar_words": "From the calendar's "
        "file",
        "days_to": "{first}–{last}", "stands_for": "The code {code} stands for {state}: {place}.",
        "calendar_weekly": "Besides, each week: {days}.", "calendar_open": "The days of {year} are not decreed yet.",
        "sources": "Sources", "place": "Place", "code": "Code", "languages": "Other languages", "mon_fri": "Mon–Fri",
        "sat": "Sat", "sun": "Sun", "caps": "Limits and pauses", "third": "Third parties", "look": "Checked",
        "world": "Contact law of the world",
        "world_note": "Hours are for collection calls to a debtor by a third-party collector, in the person's local "
        "time, under the law of the place and of all places above it. Limits are those of the same "
        "contacts, in short: first those for every call, then those for a place, a debt or a way of calling, "
        "with it in brackets. Calls include voicemails, a pause counts the day of the event, and +n are more limits, "
        "on the page of the place. – means that the law on file says nothing of it. *Checked* is the oldest day on "
        "which a "
        "source of the place was looked at. All law is unreviewed unless its page says otherwise.",
        "unknown": "No law on file",
        "unknown_note": "Silence is not permission: a contact with a person in one of these places is denied "
        "(`no_rules_known`), unless a house policy covers the place.",
        "tp_free": "no rule", "tp_locate": "only to locate", "tp_consent": "only with consent", "tp_no": "no",
        "tp_most": "at most {n}", "per_day": "a day", "per_days": "in {n} days", "per_week": "a week",
        "per_month": "a month", "per_hours": "in {length}", "per_business": "in {n} business days",
        "per_life": "ever", "apart": "{length} apart",
        "pause_after": "pause of {length} after {event}", "one_channel": "one channel {per}",
        "all_but": "all but {names}", "some_debts": "some kinds of debt", "some_days": "by the days since {date}",
        "after_first": "after {event}", "day_0": "Monday", "day_1": "Tuesday", "day_2": "Wednesday",
        "day_3": "Thursday", "day_4": "Friday", "day_5": "Saturday", "day_6": "Sunday", "day_7": "Holiday",
        "date": "Date", "day": "Day", "name": "Name",
        "english_only": "The title, the rule names and the readings of this law are in the language of its file.",
        "drafts_only": "draft only",
    },
    "es": {
        "every_day": "todos los días",
        "silent": "ninguna norma en los archivos habla de ello: se deniega",
        "denied": "se deniega: sin norma de cobranza",
        "disclaimer": "Esta página es un trabajo de investigación, hecha a partir de los archivos de `jurisdictions/`. "
        "No es asesoramiento jurídico.",
        "as_of": "Al {day}.", "all_places": "Todos los lugares", "binds": "Qué rige aquí", "own": "Normas propias",
        "above": "Normas de {place}, que también rigen aquí", "alone": "La misma norma, sola, rige en: {codes}.",
        "not_known": "No hay norma vigente en los archivos: un contacto aquí se deniega (`no_rules_known`).",
        "week": "Horario de las llamadas", "collector": "cobranza de una empresa externa",
        "creditor": "cobranza del propio acreedor",
        "marketing": "publicidad de un vendedor", "no_limit": "a cualquier hora", "closed": "cerrado",
        "no_hours": "la ley no fija horario",
        "week_note": "Hora local de la persona y solo según el horario: otras reglas pueden cerrar lo que aquí está "
        "abierto.",
        "rules": "Reglas vigentes", "calendar": "Festivos de {years}", "calendar_words": "Del archivo del "
        "calendario, en inglés",
        "days_to": "{first} a {last}", "stands_for": "El código {code} equivale a {state}: {place}.",
        "calendar_weekly": "Además, cada semana: {days}.",
        "calendar_open": "Los festivos de {year} aún no se han decretado.", "sources": "Fuentes", "place": "Lugar",
        "code": "Código", "languages": "Otros idiomas", "mon_fri": "Lun–vie", "sat": "Sáb", "sun": "Dom",
        "caps": "Límites y pausas", "third": "Terceros", "look": "Consultada",
        "world": "Normas de contacto en el mundo",
        "world_note": "El horario es el de las llamadas de cobranza al deudor hechas por una empresa de cobranza, en la"
        " hora local de la persona, según las normas del lugar y de los que están por encima. Los límites"
        " son los de esos mismos contactos, abreviados: primero los de toda llamada, luego los de un lugar, una "
        "deuda o "
        "un modo de llamar, que va entre paréntesis. Las llamadas incluyen los mensajes de voz, una pausa cuenta el "
        "día "
        "del hecho y +n son otros límites, en la página del lugar. – significa que las normas no dicen nada. "
        "*Consultada* es el día "
        "más antiguo en que se consultó una fuente del lugar. Ninguna norma ha sido revisada por un "
        "abogado, salvo que su página diga otra cosa.",
        "unknown": "Sin normas en los archivos",
        "unknown_note": "El silencio no es permiso: se deniega todo contacto con una persona en uno de estos lugares "
        "(`no_rules_known`), salvo que una política interna lo cubra.",
        "tp_free": "sin regla", "tp_locate": "solo para ubicar al deudor", "tp_consent": "solo con consentimiento",
        "tp_no": "no", "tp_most": "como máximo {n}", "per_day": "al día", "per_days": "en {n} días",
        "per_week": "por semana", "per_month": "al mes", "per_hours": "en {length}",
        "per_business": "en {n} días hábiles", "per_life": "en total", "apart": "separados por {length}",
        "pause_after": "pausa de {length} tras {event}", "one_channel": "un solo canal {per}",
        "all_but": "todo salvo {names}", "some_debts": "algunas clases de deuda",
        "some_days": "según los días desde {date}", "after_first": "después de {event}",
        "day_0": "Lunes", "day_1": "Martes", "day_2": "Miércoles", "day_3": "Jueves", "day_4": "Viernes",
        "day_5": "Sábado", "day_6": "Domingo", "day_7": "Festivo", "date": "Fecha", "day": "Día", "name": "Nombre",
        "english_only": "El título, los nombres de las reglas y las lecturas de esta norma, o una parte, están en "
        "el idioma del "
        "archivo; aún no se han traducido.",
        "drafts_only": "solo un proyecto",
    },
    "pt": {
        "every_day": "todos os dias",
        "silent": "nenhuma norma nos arquivos trata disso: nega-se", "denied": "nega-se: sem norma de cobrança",
        "disclaimer": "Esta página é um trabalho de pesquisa, feita a partir dos arquivos de `jurisdictions/`. Não é "
        "aconselhamento jurídico.",
        "as_of": "Em {day}.", "all_places": "Todos os lugares", "binds": "O que vale aqui", "own": "Normas próprias",
        "above": "Normas de {place}, que também valem aqui", "alone": "A mesma norma, sozinha, vale em: {codes}.",
        "not_known": "Não há norma em vigor nos arquivos: um contato aqui é negado (`no_rules_known`).",
        "week": "Horário das ligações", "collector": "cobrança por empresa terceirizada",
        "creditor": "cobrança pelo próprio credor",
        "marketing": "publicidade de um vendedor", "no_limit": "a qualquer hora", "closed": "fechado",
        "no_hours": "a lei não fixa horário",
        "week_note": "Hora local da pessoa e só conforme o horário: outras regras podem fechar o que aqui está aberto.",
        "rules": "Regras em vigor", "calendar": "Feriados de {years}", "calendar_words": "Do arquivo do calendário, "
        "em inglês",
        "days_to": "{first} a {last}", "stands_for": "O código {code} equivale a {state}: {place}.",
        "calendar_weekly": "Além disso, toda semana: {days}.",
        "calendar_open": "Os feriados de {year} ainda não foram decretados.", "sources": "Fontes", "place": "Lugar",
        "code": "Código", "languages": "Outros idiomas", "mon_fri": "Seg–sex", "sat": "Sáb", "sun": "Dom",
        "caps": "Limites e pausas", "third": "Terceiros", "look": "Consultada",
        "world": "Normas de contato no mundo",
        "world_note": "O horário é o das ligações de cobrança ao devedor feitas por empresa de cobrança, na hora local "
        "da pessoa, conforme as normas do lugar e dos que estão acima dele. Os limites são "
        "os desses mesmos contatos, abreviados: primeiro os de toda ligação, depois os de um lugar, uma dívida ou "
        "um modo "
        "de ligar, que vem entre parênteses. Ligações incluem mensagens de voz, uma pausa conta o dia do fato e +n são "
        "outros limites, na página do lugar. – significa que as normas nada dizem. *Consultada* é o dia "
        "mais antigo em que se consultou uma fonte do lugar. Nenhuma norma foi revisada por advogado, "
        "salvo se a página disser outra coisa.",
        "unknown": "Sem normas nos arquivos",
        "unknown_note": "Silêncio não é permissão: nega-se todo contato com uma pessoa em um destes lugares "
        "(`no_rules_known`), salvo se uma política interna o cobrir.",
        "tp_free": "sem regra", "tp_locate": "só para localizar o devedor", "tp_consent": "só com consentimento",
        "tp_no": "não", "tp_most": "no máximo {n}", "per_day": "por dia", "per_days": "em {n} dias",
        "per_week": "por semana", "per_month": "por mês", "per_hours": "em {length}",
        "per_business": "em {n} dias úteis", "per_life": "no total", "apart": "separados por {length}",
        "pause_after": "pausa de {length} após {event}", "one_channel": "um só canal {per}",
        "all_but": "tudo menos {names}", "some_debts": "alguns tipos de dívida",
        "some_days": "conforme os dias desde {date}", "after_first": "depois de {event}",
        "day_0": "Segunda-feira", "day_1": "Terça-feira", "day_2": "Quarta-feira", "day_3": "Quinta-feira",
        "day_4": "Sexta-feira", "day_5": "Sábado", "day_6": "Domingo", "day_7": "Feriado", "date": "Data",
        "day": "Dia", "name": "Nome",
        "english_only": "O título, os nomes das regras e as leituras desta norma, ou parte deles, estão no idioma "
        "do arquivo; ainda "
        "não foram traduzidos.",
        "drafts_only": "apenas um projeto",
    },
}  # fmt: skip
