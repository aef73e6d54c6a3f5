"""What a count is kept for, in three languages; stands behind "for each". A word with `.whoever` stands first in a
`for_each`: that history is counted, of whomever the contacts were with."""

from __future__ import annotations

SUBJECTS: dict[str, dict[str, str]] = {
    "en": {
        "person": "person", "debt": "debt", "creditor": "creditor", "address": "number or address", "place": "place",
        "household": "household (all its members together)",
        "workplace": "place of work (whoever is contacted there)",
        "account": "account (whoever is contacted about it)",
        "debt.whoever": "debt (whoever is contacted about it)",
        "address.whoever": "number or address (whoever is reached there)",
        "campaign": "campaign", "jurisdiction": "jurisdiction", "caller_id": "number shown",
    },
    "es": {
        "person": "persona", "debt": "deuda", "creditor": "acreedor", "address": "número o dirección", "place": "lugar",
        "household": "hogar (todos sus miembros juntos)",
        "workplace": "lugar de trabajo (sea quien sea el contactado)",
        "account": "cuenta (sea quien sea el contactado)",
        "debt.whoever": "deuda (sea quien sea el contactado)",
        "address.whoever": "número o dirección (sea quien sea el contactado)",
        "campaign": "campaña", "jurisdiction": "jurisdicción", "caller_id": "número mostrado",
    },
    "pt": {
        "person": "pessoa", "debt": "dívida", "creditor": "credor", "address": "número ou endereço", "place": "lugar",
        "household": "domicílio (todos os seus moradores juntos)",
        "workplace": "local de trabalho (seja quem for o contatado)",
        "account": "conta (seja quem for o contatado)",
        "debt.whoever": "dívida (seja quem for o contatado)",
        "address.whoever": "número ou endereço (seja quem for o contatado)",
        "campaign": "campanha", "jurisdiction": "jurisdição", "caller_id": "número exibido",
    },
}  # fmt: skip
