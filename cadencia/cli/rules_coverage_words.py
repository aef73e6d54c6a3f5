"""What `cadencia rules coverage` says in three languages: heads, marks, totals, and the marks explained."""

from __future__ import annotations

COVERAGE_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "heads": "law|from|article|rule|denying|allowing|edges|checked|review",
        "draft": "draft", "duty": "duty", "ban": "ban", "unreviewed": "unreviewed",
        "totals": "articles {articles}, rules {rules}, tests {tests}\n"
        "rules without a denying test {rules_without_denying_test}, without an allowing one "
        "{rules_without_allowing_test}\n"
        "edges tested on both sides {edges_held} of {edges}\n"
        "unreviewed {unreviewed_rules} of {rules} rules{share}",
        "legend": "denying, allowing: tests that expect a denial by the rule, and that allow a contact it binds\n"
        "duty: hands on duties and denies nothing    ban: allows nothing\n"
        "edges 5/6: of 6 figures (hours, caps, days) 5 are tested on both sides\n"
        "checked: days since the source was looked at    {gap}: nothing there, to be mended",
    },
    "es": {
        "heads": "norma|desde|artículo|regla|deniegan|permiten|bordes|consultada|revisión",
        "draft": "proyecto", "duty": "deber", "ban": "veto", "unreviewed": "sin revisar",
        "totals": "artículos {articles}, reglas {rules}, pruebas {tests}\n"
        "reglas sin prueba que deniegue {rules_without_denying_test}, sin prueba que permita "
        "{rules_without_allowing_test}\n"
        "bordes probados por ambos lados {edges_held} de {edges}\n"
        "sin revisar {unreviewed_rules} de {rules} reglas{share}",
        "legend": "deniegan, permiten: pruebas que esperan que la regla deniegue, y que permiten un contacto sujeto a "
        "ella\n"
        "deber: solo impone deberes, no deniega    veto: no permite nada\n"
        "bordes 5/6: de 6 cifras (horas, límites, días), 5 están probadas por ambos lados\n"
        "consultada: días desde que se consultó la fuente    {gap}: no hay nada; falta completarlo",
    },
    "pt": {
        "heads": "norma|desde|artigo|regra|negam|permitem|limites|consultada|revisão",
        "draft": "projeto", "duty": "dever", "ban": "veto", "unreviewed": "não revisada",
        "totals": "artigos {articles}, regras {rules}, testes {tests}\n"
        "regras sem teste que negue {rules_without_denying_test}, sem teste que permita "
        "{rules_without_allowing_test}\n"
        "limites testados dos dois lados {edges_held} de {edges}\n"
        "não revisadas {unreviewed_rules} de {rules} regras{share}",
        "legend": "negam, permitem: testes que esperam que a regra negue, e que permitem um contato sujeito a ela\n"
        "dever: só impõe deveres, não nega    veto: não permite nada\n"
        "limites 5/6: de 6 números (horas, tetos, dias), 5 foram testados dos dois lados\n"
        "consultada: dias desde que se consultou a fonte    {gap}: não há nada; falta completar",
    },
}  # fmt: skip
