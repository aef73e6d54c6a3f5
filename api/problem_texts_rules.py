"""The texts of problems with drafts and publications, as problem_texts.py has those of all others."""

from __future__ import annotations

#: code -> (title, what happened, what to do) in English, Spanish and Portuguese
TEXTS = {
    "self_approval": (
        ("Not your own draft", "Whoever wrote in a draft cannot approve it.", "Ask a colleague to review it."),
        ("No su propio borrador", "Quien escribió en un borrador no puede aprobarlo.",
         "Pida a un colega que lo revise."),
        ("Não o seu próprio rascunho", "Quem escreveu em um rascunho não pode aprová-lo.",
         "Peça a um colega que o revise."),
    ),
    "rules_kept_elsewhere": (
        ("Another tenant keeps the rules", "The option law.keeper names who publishes on this server.",
         "Use a key of that tenant."),
        ("Otro cliente lleva las reglas", "La opción law.keeper dice quién publica en este servidor.",
         "Use una clave de ese cliente."),
        ("Outro cliente mantém as regras", "A opção law.keeper diz quem publica neste servidor.",
         "Use uma chave desse cliente."),
    ),
    "draft_published": (
        ("The draft was published", "What was published is not changed.", "Begin a new draft."),
        ("El borrador ya se publicó", "Lo publicado no se cambia.", "Comience un borrador nuevo."),
        ("O rascunho já foi publicado", "O publicado não se altera.", "Comece um rascunho novo."),
    ),
    "draft_outdated": (
        ("The rules have moved on", "Something was published or taken back since, or the base is no longer there.",
         "Move the draft with `base`, or begin it anew; then check and review it again."),
        ("Las reglas han cambiado", "Desde entonces se publicó o se retiró algo, o la base ya no está.",
         "Traslade el borrador con `base`, o comiéncelo de nuevo; luego pruébelo y revíselo otra vez."),
        ("As regras mudaram", "Desde então algo foi publicado ou retirado, ou a base já não existe.",
         "Mova o rascunho com `base`, ou comece de novo; depois teste e revise outra vez."),
    ),
    "draft_fails": (
        ("The draft has mistakes", "Its files cannot be read, or a test does not come out.",
         "`errors` says where; POST /v1/drafts/{{id}}/tests says all."),
        ("El borrador tiene errores", "Sus archivos no se pueden leer, o una prueba no sale.",
         "`errors` dice dónde; POST /v1/drafts/{{id}}/tests lo dice todo."),
        ("O rascunho tem erros", "Os seus arquivos não podem ser lidos, ou um teste não sai.",
         "`errors` diz onde; POST /v1/drafts/{{id}}/tests diz tudo."),
    ),
    "approvals_missing": (
        ("Not enough approvals", "It needs {needed} of people who did not write in it, and has {given}; nobody may "
         "object.", "Have it reviewed as it is now; every edit voids what was said before."),
        ("Faltan aprobaciones", "Necesita {needed} de personas que no escribieron en él, y tiene {given}; nadie debe "
         "oponerse.", "Hágalo revisar como está; cada edición anula lo dicho antes."),
        ("Faltam aprovações", "Precisa de {needed} de pessoas que não escreveram nele, e tem {given}; ninguém deve "
         "se opor.", "Peça a revisão como está; cada edição anula o que foi dito antes."),
    ),
    "not_newest": (
        ("Another one was published after it", "Only the last publication can be taken back.",
         "Take back the later ones first."),
        ("Después se publicó otra", "Solo se puede retirar la última publicación.", "Retire antes las posteriores."),
        ("Outra foi publicada depois", "Só a última publicação pode ser retirada.", "Retire antes as posteriores."),
    ),
    "history_not_kept": (
        ("These rules count what is not kept", "They count over a household, place of work or account, of which no "
         "history is kept so far.", "Ask again once rules that count so are in force."),
        ("Estas reglas cuentan lo que no se guarda", "Cuentan por hogar, trabajo o cuenta, de los que aún no se guarda "
         "historia.", "Pregunte otra vez cuando estén vigentes reglas que cuenten así."),
        ("Estas regras contam o que não se guarda", "Contam por domicílio, trabalho ou conta, dos quais ainda não se "
         "guarda história.", "Pergunte de novo quando regras que contem assim estiverem em vigor."),
    ),
    "precondition_required": (
        ("If-Match is missing", "Somebody else may have changed it since it was read.",
         "Send the ETag that it was read with in If-Match."),
        ("Falta If-Match", "Otro pudo cambiarlo desde que se leyó.", "Envíe en If-Match el ETag con que lo leyó."),
        ("Falta If-Match", "Outro pode tê-lo mudado desde que foi lido.",
         "Envie em If-Match o ETag com que o leu."),
    ),
    "precondition_failed": (
        ("It is no longer what was read", "Somebody changed it meanwhile.", "Read it again, then change it."),
        ("Ya no es lo que se leyó", "Alguien lo cambió entre tanto.", "Léalo otra vez y luego cámbielo."),
        ("Já não é o que foi lido", "Alguém o mudou entretanto.", "Leia-o de novo e depois mude-o."),
    ),
}  # fmt: skip

#: code of a wrong field -> what is wrong, in the same languages
FIELDS = {
    "not_a_law_path": (
        "A path is like co/ley-2300.yaml or holidays/co.yaml, in lower case.",
        "Una ruta es como co/ley-2300.yaml o holidays/co.yaml, en minúsculas.",
        "Um caminho é como co/ley-2300.yaml ou holidays/co.yaml, em minúsculas.",
    ),
    "unknown_rulebook": (
        "No rulebook of this hash can be used here; see GET /v1/rulebooks.",
        "Aquí no se puede usar ningún reglamento con este hash; vea GET /v1/rulebooks.",
        "Nenhum regulamento com este hash pode ser usado aqui; veja GET /v1/rulebooks.",
    ),
    "no_such_time": (
        "There is no such time; write 2026-06-08T00:00:00.", "No existe esa hora; escriba 2026-06-08T00:00:00.",
        "Essa hora não existe; escreva 2026-06-08T00:00:00.",
    ),
    "in_the_past": ("It is past.", "Ya pasó.", "Já passou."),
    "zone_or_offset": (
        "Write a local time with its zone, or a time with an offset and no zone.",
        "Escriba una hora local con su zona, o una hora con desfase y sin zona.",
        "Escreva uma hora local com o seu fuso, ou uma hora com deslocamento e sem fuso.",
    ),
    "unknown_zone": (
        "Not a zone; write an IANA name like America/Santiago.",
        "No es una zona; escriba un nombre IANA como America/Santiago.",
        "Não é um fuso; escreva um nome IANA como America/Santiago.",
    ),
    "before_another": (
        "Another publication takes over later; this one must not come before it.",
        "Otra publicación entra en vigor después; esta no puede ir antes.",
        "Outra publicação entra em vigor depois; esta não pode vir antes.",
    ),
}  # fmt: skip
