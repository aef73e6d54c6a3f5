"""All routes, one file a noun, each with its ROUTES."""

from __future__ import annotations

from cadencia.api.route import Routes
from cadencia.api.routes import (
    audit,
    decision_lines,
    decisions,
    drafts,
    events,
    facts,
    health,
    keys,
    metrics,
    outcome_lines,
    outcomes,
    people,
    permits,
    publications,
    reference,
    rulebooks,
    sandbox,
    stream,
)

NOUNS = (
    decision_lines,
    decisions,
    drafts,
    events,
    facts,
    health,
    keys,
    metrics,
    outcome_lines,
    outcomes,
    people,
    permits,
    publications,
    rulebooks,
    sandbox,
    stream,
    audit,
    reference,
)


def all_routes() -> Routes:
    """The table."""
    return Routes(route for noun in NOUNS for route in noun.ROUTES)
