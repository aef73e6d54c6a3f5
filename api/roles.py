"""What each role may do: the scopes of its keys and people. Nobody who gives out keys approves rules."""

from __future__ import annotations

SCOPES: dict[str, str] = {
    "decide": "ask whether a contact may be made",
    "contact": "reserve, place, release and report contacts",
    "facts": "record consents, objections, holds and promises",
    "campaigns": "make and steer campaigns",
    "read": "read decisions, allowances, campaigns and rules",
    "rules": "write drafts of rules",
    "approve": "review and publish rules",
    "audit": "read the audit and make evidence packs",
    "admin": "manage users, keys and webhooks",
    "operate": "read metrics, and set the clock of a sandbox",
}
ROLES: dict[str, frozenset[str]] = {
    "producer": frozenset({"decide", "contact", "facts", "campaigns", "read"}),
    "agent_desktop": frozenset({"decide", "contact", "facts"}),
    "operator": frozenset({"decide", "read", "campaigns", "operate"}),
    "supervisor": frozenset({"decide", "read", "campaigns", "facts"}),
    "coordinator": frozenset({"decide", "read", "campaigns", "facts", "operate"}),
    "rule_author": frozenset({"decide", "read", "rules"}),
    "rule_approver": frozenset({"decide", "read", "approve"}),
    "auditor": frozenset({"read", "audit"}),
    "admin": frozenset({"read", "admin", "operate"}),
}


def scopes_of(roles: tuple[str, ...]) -> frozenset[str]:
    """All that the roles may do. KeyError for a role that is none."""
    return frozenset().union(*(ROLES[role] for role in roles))
