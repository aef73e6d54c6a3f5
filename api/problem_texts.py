"""The texts of problems: title, what happened, and the cure, in English, Spanish and Portuguese."""

from __future__ import annotations

from cadencia.api import problem_texts_rules as rules

LANGUAGES = ("en", "es", "pt")


def _three(*texts: tuple[str, str, str]) -> dict[str, tuple[str, str, str]]:
    return dict(zip(LANGUAGES, texts, strict=True))


#: code of a problem -> language -> (title, what happened, what to do)
TEXTS: dict[str, dict[str, tuple[str, str, str]]] = {
    "malformed_body": _three(
        ("The body cannot be read", "It is not one whole document of its media type.",
         "Send UTF-8 JSON (or MessagePack) without a byte order mark, NaN or Infinity."),
        ("El cuerpo no se puede leer", "No es un documento completo de su tipo.",
         "Envíe JSON en UTF-8 (o MessagePack) sin marca de orden de bytes, NaN ni Infinity."),
        ("O corpo não pode ser lido", "Não é um documento completo do seu tipo.",
         "Envie JSON em UTF-8 (ou MessagePack) sem marca de ordem de bytes, NaN nem Infinity."),
    ),
    "malformed_line": _three(
        ("Line is not JSON", "The line is not one whole JSON document.", "Send each document on a line of its own."),
        ("La línea no es JSON", "La línea no es un documento JSON completo.",
         "Envíe cada documento en una línea propia."),
        ("A linha não é JSON", "A linha não é um documento JSON completo.",
         "Envie cada documento em uma linha própria."),
    ),
    "line_too_long": _three(
        ("The line is too long", "A line may have 65,536 bytes.", "Send less on one line."),
        ("La línea es demasiado larga", "Una línea puede tener 65.536 bytes.", "Envíe menos en una línea."),
        ("A linha é longa demais", "Uma linha pode ter 65.536 bytes.", "Envie menos em uma linha."),
    ),
    "duplicate_field": _three(
        ("A field comes twice", "An object has the same field more than once, so what is meant is not certain.",
         "Send each field once."),
        ("Un campo viene dos veces", "Un objeto tiene el mismo campo más de una vez y no se sabe cuál vale.",
         "Envíe cada campo una sola vez."),
        ("Um campo vem duas vezes", "Um objeto tem o mesmo campo mais de uma vez e não se sabe qual vale.",
         "Envie cada campo uma só vez."),
    ),
    "bad_request_line": _three(
        ("This is no HTTP request", "The request line or a header cannot be read.", "Send HTTP/1.1."),
        ("Esto no es una petición HTTP", "La línea de petición o una cabecera no se puede leer.", "Envíe HTTP/1.1."),
        ("Isto não é um pedido HTTP", "A linha do pedido ou um cabeçalho não pode ser lido.", "Envie HTTP/1.1."),
    ),
    "idempotency_key_missing": _three(
        ("Idempotency-Key is missing", "This request changes something, and could be repeated by a network.",
         "Send the header Idempotency-Key with a fresh random text of 1 to 200 characters."),
        ("Falta Idempotency-Key", "Esta petición cambia algo, y una red podría repetirla.",
         "Envíe la cabecera Idempotency-Key con un texto aleatorio nuevo de 1 a 200 caracteres."),
        ("Falta Idempotency-Key", "Este pedido altera algo, e uma rede poderia repeti-lo.",
         "Envie o cabeçalho Idempotency-Key com um texto aleatório novo de 1 a 200 caracteres."),
    ),
    "unauthenticated": _three(
        ("No valid key", "The request has no key, or one that is unknown, revoked or has ended.",
         "Send `Authorization: Bearer` with a key of this environment."),
        ("Sin clave válida", "La petición no trae clave, o es desconocida, revocada o vencida.",
         "Envíe `Authorization: Bearer` con una clave de este entorno."),
        ("Sem chave válida", "O pedido não traz chave, ou ela é desconhecida, revogada ou vencida.",
         "Envie `Authorization: Bearer` com uma chave deste ambiente."),
    ),
    "address_not_allowed": _three(
        ("Not from this address", "The key may not be used from where the request comes.",
         "Use one of the addresses on the key's list, or have the list changed."),
        ("No desde esta dirección", "La clave no se puede usar desde donde viene la petición.",
         "Use una dirección de la lista de la clave, o pida cambiar la lista."),
        ("Não deste endereço", "A chave não pode ser usada de onde vem o pedido.",
         "Use um endereço da lista da chave, ou peça para mudar a lista."),
    ),
    "scope_missing": _three(
        ("The key may not do this", "It needs the scope {scope}.", "Use a key that has it."),
        ("La clave no puede hacer esto", "Necesita el alcance {scope}.", "Use una clave que lo tenga."),
        ("A chave não pode fazer isto", "É preciso o escopo {scope}.", "Use uma chave que o tenha."),
    ),
    "not_found": _three(
        ("Nothing is here", "No such path, or nothing of that id that this key may see.", "See /openapi.json."),
        ("Aquí no hay nada", "No existe esa ruta, ni nada con ese id que esta clave pueda ver.",
         "Consulte /openapi.json."),
        ("Não há nada aqui", "Não existe esse caminho, nem nada com esse id que esta chave possa ver.",
         "Consulte /openapi.json."),
    ),
    "method_not_allowed": _three(
        ("Not with this method", "The path is there, the method is not.", "The header Allow names those there are."),
        ("No con este método", "La ruta existe, el método no.", "La cabecera Allow dice cuáles hay."),
        ("Não com este método", "O caminho existe, o método não.", "O cabeçalho Allow diz quais há."),
    ),
    "unknown_permit": _three(
        ("This is no permit", "No permit of this tenant has this token.", "Send the token as it was given, whole."),
        ("Esto no es un permiso", "Ningún permiso de este cliente tiene este texto.",
         "Envíe el permiso entero, tal como se entregó."),
        ("Isto não é uma permissão", "Nenhuma permissão deste cliente tem este texto.",
         "Envie a permissão inteira, tal como foi entregue."),
    ),
    "unknown_attempt": _three(
        ("No such attempt", "No attempt of this tenant has this id.", "Take the id from the permit."),
        ("No existe ese intento", "Ningún intento de este cliente tiene este id.", "Tome el id del permiso."),
        ("Essa tentativa não existe", "Nenhuma tentativa deste cliente tem este id.", "Use o id da permissão."),
    ),
    "unknown_person": _three(
        ("Nothing is recorded of this person", "No entry of this tenant is about this person.",
         "Write the id as in the decisions."),
        ("No consta nada de esta persona", "Ningún asiento de este cliente trata de esta persona.",
         "Escriba el id como en las decisiones."),
        ("Nada consta desta pessoa", "Nenhum lançamento deste cliente trata desta pessoa.",
         "Escreva o id como nas decisões."),
    ),
    "too_slow": _three(
        ("The body came too slowly", "It did not arrive in the time there is.", "Send it again, in smaller parts."),
        ("El cuerpo llegó demasiado despacio", "No llegó en el tiempo que hay.",
         "Envíelo otra vez, en partes menores."),
        ("O corpo chegou devagar demais", "Não chegou no tempo que há.", "Envie-o de novo, em partes menores."),
    ),
    "permit_spent": _three(
        ("The permit was used", "It was placed, released or refused before.", "Reserve again."),
        ("El permiso ya se usó", "Ya fue colocado, liberado o rechazado.", "Reserve otra vez."),
        ("A permissão já foi usada", "Já foi colocada, liberada ou recusada.", "Reserve de novo."),
    ),
    "not_placed": _three(
        ("The attempt never left", "It has no outcome.", "Place its permit first, or release it."),
        ("El intento nunca salió", "No tiene resultado.", "Coloque antes su permiso, o libérelo."),
        ("A tentativa nunca saiu", "Não tem resultado.", "Coloque antes a permissão, ou libere-a."),
    ),
    "already_settled": _three(
        ("The outcome is known", "This attempt has its outcome.",
         "To correct it send the new one with `supersedes`."),
        ("El resultado ya consta", "Este intento ya tiene su resultado.",
         "Para corregirlo envíe el nuevo con `supersedes`."),
        ("O resultado já consta", "Esta tentativa já tem o seu resultado.",
         "Para corrigi-lo envie o novo com `supersedes`."),
    ),
    "not_settled": _three(
        ("There is nothing to correct", "This attempt has no outcome yet.", "Report it without `supersedes`."),
        ("No hay nada que corregir", "Este intento aún no tiene resultado.", "Infórmelo sin `supersedes`."),
        ("Não há o que corrigir", "Esta tentativa ainda não tem resultado.", "Informe-o sem `supersedes`."),
    ),
    "already_corrected": _three(
        ("It was corrected before", "A correction is not corrected again.", "Ask whoever keeps the ledger."),
        ("Ya fue corregido", "Una corrección no se corrige otra vez.", "Pregunte a quien lleva el registro."),
        ("Já foi corrigido", "Uma correção não é corrigida de novo.", "Pergunte a quem mantém o registro."),
    ),
    "moved": _three(
        ("Somebody changed it meanwhile", "It is no longer what it was when this request began.",
         "Read it, and send the change again."),
        ("Alguien lo cambió entre tanto", "Ya no es lo que era cuando empezó esta petición.",
         "Léalo y envíe el cambio otra vez."),
        ("Alguém o mudou entretanto", "Já não é o que era quando este pedido começou.",
         "Leia-o e envie a mudança outra vez."),
    ),
    "still_running": _three(
        ("It is still being done", "The first request with this Idempotency-Key has no answer yet.",
         "Repeat it unchanged after the seconds of Retry-After."),
        ("Todavía se está haciendo", "La primera petición con esta Idempotency-Key aún no tiene respuesta.",
         "Repítala sin cambios tras los segundos de Retry-After."),
        ("Ainda está sendo feito", "O primeiro pedido com esta Idempotency-Key ainda não tem resposta.",
         "Repita-o sem mudanças após os segundos de Retry-After."),
    ),
    "key_ended": _three(
        ("The key is over", "It was revoked or has ended, so nothing replaces it.", "Make a new key."),
        ("La clave ya terminó", "Fue revocada o venció, así que nada la reemplaza.", "Haga una clave nueva."),
        ("A chave já terminou", "Foi revogada ou venceu, então nada a substitui.", "Faça uma chave nova."),
    ),
    "rulebook_changed": _three(
        ("Another rulebook came into use", "The stream was begun under the one before, and this line was not decided.",
         "Send these lines again in a new stream, or all of them with follow=true."),
        ("Entró en uso otro reglamento", "El flujo empezó con el anterior y esta línea no se decidió.",
         "Envíe estas líneas otra vez en un flujo nuevo, o todas con follow=true."),
        ("Outro regulamento entrou em uso", "O fluxo começou com o anterior e esta linha não foi decidida.",
         "Envie estas linhas de novo em outro fluxo, ou todas com follow=true."),
    ),
    "body_too_large": _three(
        ("The body is too large", "It may have {bytes} bytes, also when unpacked.", "Send less at once."),
        ("El cuerpo es demasiado grande", "Puede tener {bytes} bytes, también descomprimido.",
         "Envíe menos de una vez."),
        ("O corpo é grande demais", "Pode ter {bytes} bytes, também descomprimido.", "Envie menos de uma vez."),
    ),
    "unsupported_media": _three(
        ("This media type is not taken here", "It is none of: {media}.", "Set Content-Type to one of them."),
        ("Aquí no se admite este tipo", "No es ninguno de: {media}.", "Ponga uno de ellos en Content-Type."),
        ("Este tipo não é aceito aqui", "Não é nenhum de: {media}.", "Ponha um deles em Content-Type."),
    ),
    "unsupported_encoding": _three(
        ("This encoding is not taken", "Content-Encoding is none of: gzip, zstd.", "Send it plain."),
        ("No se admite esta codificación", "Content-Encoding no es ninguno de: gzip, zstd.", "Envíelo sin comprimir."),
        ("Esta codificação não é aceita", "Content-Encoding não é nenhum de: gzip, zstd.", "Envie sem comprimir."),
    ),
    "invalid_fields": _three(
        ("Something that was sent is not right", "Nothing was changed; `errors` says where and what.",
         "Correct it and send it again."),
        ("Algo de lo enviado no es correcto", "No se cambió nada; `errors` dice dónde y qué.",
         "Corríjalo y envíelo otra vez."),
        ("Algo do que foi enviado não está certo", "Nada foi alterado; `errors` diz onde e o quê.",
         "Corrija e envie de novo."),
    ),
    "impossible_time": _three(
        ("It cannot have been then", "An attempt ends after it left, and not after now.", "Send when it ended."),
        ("No pudo ser entonces", "Un intento termina después de salir, y no después de ahora.",
         "Envíe cuándo terminó."),
        ("Não pode ter sido então", "Uma tentativa termina depois de sair, e não depois de agora.",
         "Envie quando terminou."),
    ),
    "idempotency_key_reused": _three(
        ("The Idempotency-Key was used for something else", "The same key came before with another request.",
         "Take a new key, or repeat the first request unchanged."),
        ("La Idempotency-Key ya se usó para otra cosa", "La misma clave vino antes con otra petición.",
         "Use una clave nueva, o repita la primera petición sin cambios."),
        ("A Idempotency-Key já foi usada para outra coisa", "A mesma chave veio antes com outro pedido.",
         "Use uma chave nova, ou repita o primeiro pedido sem mudanças."),
    ),
    "rate_limited": _three(
        ("Too many requests", "This key has used up what it may ask in a minute.", "Ask again in {s} seconds."),
        ("Demasiadas peticiones", "Esta clave agotó lo que puede pedir en un minuto.",
         "Pida de nuevo en {s} segundos."),
        ("Pedidos demais", "Esta chave esgotou o que pode pedir em um minuto.", "Peça de novo em {s} segundos."),
    ),
    "head_too_large": _three(
        ("The headers are too large", "The request line, a header or their number is over the limit.",
         "Send fewer and shorter ones."),
        ("Las cabeceras son demasiado grandes", "La línea, una cabecera o su número pasa del límite.",
         "Envíe menos y más cortas."),
        ("Os cabeçalhos são grandes demais", "A linha, um cabeçalho ou o número deles passa do limite.",
         "Envie menos e mais curtos."),
    ),
    "internal": _three(
        ("There is no answer", "Something failed on our side.",
         "Treat it as a refusal; repeat it with the same Idempotency-Key, and tell us the trace_id."),
        ("No hay respuesta", "Algo falló de nuestro lado.",
         "Tómelo como negativa; repita con la misma Idempotency-Key y díganos el trace_id."),
        ("Não há resposta", "Algo falhou do nosso lado.",
         "Trate como recusa; repita com a mesma Idempotency-Key e informe o trace_id."),
    ),
    "busy": _three(
        ("Others keep writing about this person", "It could not be decided in between.", "Ask again in a moment."),
        ("Otros siguen escribiendo sobre esta persona", "No se pudo decidir entre tanto.",
         "Pregunte otra vez en un momento."),
        ("Outros continuam escrevendo sobre esta pessoa", "Não foi possível decidir entretanto.",
         "Pergunte de novo em um momento."),
    ),
    "ledger_unavailable": _three(
        ("The ledger takes nothing", "What was asked is not recorded for certain.",
         "Treat it as a refusal; repeat it with the same Idempotency-Key once /v1/health is ok."),
        ("El registro no recibe nada", "No consta con certeza lo que se pidió.",
         "Tómelo como negativa; repita con la misma Idempotency-Key cuando /v1/health esté ok."),
        ("O registro não recebe nada", "Não consta com certeza o que foi pedido.",
         "Trate como recusa; repita com a mesma Idempotency-Key quando /v1/health estiver ok."),
    ),
    "records_unavailable": _three(
        ("The records cannot be used", "Whether what was asked is kept is not known.",
         "Treat it as a refusal; repeat it with the same Idempotency-Key once /v1/health is ok."),
        ("Los datos del servicio no se pueden usar", "No se sabe si lo pedido quedó guardado.",
         "Tómelo como negativa; repita con la misma Idempotency-Key cuando /v1/health esté ok."),
        ("Os dados do serviço não podem ser usados", "Não se sabe se o pedido ficou guardado.",
         "Trate como recusa; repita com a mesma Idempotency-Key quando /v1/health estiver ok."),
    ),
    "too_many_streams": _three(
        ("Too many streams are open", "This server takes no more of them.", "Ask again later, or read /v1/events."),
        ("Hay demasiados flujos abiertos", "Este servidor no admite más.", "Pida más tarde, o lea /v1/events."),
        ("Há fluxos abertos demais", "Este servidor não aceita mais.", "Peça de novo mais tarde, ou leia /v1/events."),
    ),
    "stopping": _three(
        ("The server is stopping", "It takes no new requests.", "Treat it as a refusal and ask again in a moment."),
        ("El servidor se está deteniendo", "No recibe peticiones nuevas.",
         "Tómelo como negativa y pregunte otra vez en un momento."),
        ("O servidor está parando", "Não recebe pedidos novos.", "Trate como recusa e pergunte de novo em um momento."),
    ),
}  # fmt: skip

TEXTS |= {code: _three(*texts) for code, texts in rules.TEXTS.items()}

#: code of a wrong field -> language -> what is wrong
FIELDS: dict[str, dict[str, str]] = {
    name: dict(zip(LANGUAGES, texts, strict=True))
    for name, texts in {
        "unknown_field": ("There is no such field.", "No existe ese campo.", "Não existe esse campo."),
        "missing_field": ("This field is needed.", "Falta este campo.", "Falta este campo."),
        "wrong_type": ("Expected {expected}.", "Se esperaba {expected}.", "Esperava-se {expected}."),
        "not_a_word": ("Not one of the words there are: {words}.", "No es una de las palabras que hay: {words}.",
                       "Não é uma das palavras que há: {words}."),
        "out_of_range": ("Outside what is allowed: {expected}.", "Fuera de lo permitido: {expected}.",
                         "Fora do permitido: {expected}."),
        "not_e164": ("A phone number is written in E.164, like +573005550123.",
                     "Un número de teléfono se escribe en E.164, como +573005550123.",
                     "Um número de telefone se escreve em E.164, como +573005550123."),
        "needed_to_reserve": ("A reservation needs it.", "Una reserva lo necesita.", "Uma reserva precisa dele."),
        "not_when_reserving": ("A reservation is for now: leave it out.", "Una reserva es para ahora: omítalo.",
                               "Uma reserva é para agora: omita."),
        "one_of_two": ("Send exactly one of: {words}.", "Envíe exactamente uno de: {words}.",
                       "Envie exatamente um de: {words}."),
        "first_debt_missing": ("Name the first debt in /debt/id.", "Indique la primera deuda en /debt/id.",
                               "Indique a primeira dívida em /debt/id."),
        "refused": ("{said}", "{said}", "{said}"),
        "earlier_than_it_was": ("The clock does not go back.", "El reloj no retrocede.", "O relógio não volta."),
        "not_after_from": ("It must lie behind /from.", "Debe ser posterior a /from.", "Deve ser posterior a /from."),
        "about_the_person": ("A hold of this kind is about the person: leave the debt out.",
                             "Esta retención es sobre la persona: omita la deuda.",
                             "Esta retenção é sobre a pessoa: omita a dívida."),
        "only_with_due": ("It belongs to a promise: leave it out, or send /due.",
                          "Pertenece a una promesa: omítalo, o envíe /due.",
                          "Pertence a uma promessa: omita, ou envie /due."),
        "nothing_to_change": ("Send what is to change.", "Envíe lo que debe cambiar.", "Envie o que deve mudar."),
        "not_for_keys": ("Rules are written and approved by people who sign in, not by keys.",
                         "Las reglas las escriben y aprueban personas que inician sesión, no claves.",
                         "As regras são escritas e aprovadas por pessoas que entram no sistema, não por chaves."),
        "live_from_test": ("A test key makes no live key.", "Una clave de prueba no hace claves reales.",
                           "Uma chave de teste não faz chaves reais."),
        "not_in_future": ("It must lie in the future.", "Debe estar en el futuro.", "Deve estar no futuro."),
        "not_a_network": ("Write a network, as 192.0.2.0/24, or one address.",
                          "Escriba una red, como 192.0.2.0/24, o una dirección.",
                          "Escreva uma rede, como 192.0.2.0/24, ou um endereço."),
        "bad_header": ("The header must have 1 to 200 printable characters.",
                       "La cabecera debe tener de 1 a 200 caracteres imprimibles.",
                       "O cabeçalho deve ter de 1 a 200 caracteres imprimíveis."),
    }.items()
}  # fmt: skip
FIELDS |= {code: dict(zip(LANGUAGES, texts, strict=True)) for code, texts in rules.FIELDS.items()}
