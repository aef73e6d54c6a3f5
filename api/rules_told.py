"""Drafts, mistakes, tests, differences and proofs, as clients are told."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from cadencia.api.drafts import Draft
from cadencia.api.wire import drafts as wire
from cadencia.api.workshop import Checked
from cadencia.rules.diff import Change
from cadencia.rules.model import Problem
from cadencia.rules.proof import Example, Proof
from cadencia.rules.trial import TrialResult
from cadencia.store.projection import as_datetime

_MOST_MISTAKES = 500
_MOST_FAILED = 200


def draft_told(draft: Draft) -> wire.DraftTold:
    """The draft as it is kept."""
    now = draft.content
    return wire.DraftTold(
        id=draft.id, title=draft.title, base=draft.base, content=now, authors=draft.authors,
        made_at=as_datetime(draft.made), changed_at=as_datetime(draft.changed),
        files=tuple(wire.File(path=path, text=text) for path, text in draft.files.items()),
        reviews=tuple(
            wire.Reviewed(by=one.by, at=as_datetime(one.at), verdict=one.verdict, comment=one.comment,
                          counts=one.content == now)
            for one in draft.reviews
        ),
        approved_by=draft.approvers, publication=draft.publication or None,
    )  # fmt: skip


def draft_line(draft: Draft) -> wire.DraftLine:
    """The draft in a list."""
    return wire.DraftLine(
        id=draft.id, title=draft.title, base=draft.base, content=draft.content, authors=draft.authors,
        changed_at=as_datetime(draft.changed), paths=tuple(draft.files), approved_by=draft.approvers,
        publication=draft.publication or None,
    )  # fmt: skip


def mistakes(found: Iterable[Problem], paths: Collection[str] | None = None) -> tuple[wire.Mistake, ...]:
    """All errors, and the warnings of these paths (None: of all)."""
    wanted = [one for one in found if one.severity == "error" or paths is None or one.path in paths]
    return tuple(
        wire.Mistake(path=one.path, line=one.line, where=one.where, message=one.message,
                     severity="warning" if one.severity == "warning" else "error")
        for one in wanted[:_MOST_MISTAKES]
    )  # fmt: skip


def tested(checked: Checked) -> wire.Tested:
    """The outcome of linter and tests."""
    failed = tuple(_failed(one) for one in checked.failed[:_MOST_FAILED])
    return wire.Tested(ok=checked.ok, run=len(checked.tests), failed=failed, mistakes=mistakes(checked.problems))


def change_told(change: Change, language: str) -> wire.ChangeTold:
    """A difference, with the rule's sentences in a language."""
    return wire.ChangeTold(
        what=change.what, path=change.path, effect=change.effect.value, jurisdiction=change.jurisdiction,
        version=change.version, rule=change.rule, field=change.field, old=change.old, new=change.new,
        said=change.said.get(language, ""), says=change.says.get(language, ""),
    )  # fmt: skip


def approvals_needed(proof: Proof) -> int:
    """Two where contact may become possible that was not."""
    return 1 if proof.verdict in ("same", "tightens") else 2


def proved(proof: Proof, language: str) -> wire.Proved:
    """A proof."""
    return wire.Proved(
        verdict=proof.verdict, tightens_only=proof.verdict in ("same", "tightens"),
        approvals_needed=approvals_needed(proof),
        changes=tuple(change_told(change, language) for change in proof.changes), opened=proof.opened,
        example=None if proof.example is None else _example(proof.example),
    )  # fmt: skip


def _example(found: Example) -> wire.CounterExample:
    query = found.query
    return wire.CounterExample(
        at=found.at, zone=query.zone or "", channel=query.channel, jurisdictions=query.jurisdictions or (),
        party=query.party, purpose=query.purpose, initiator=query.initiator,
        facts={fact.name: fact.value for fact in query.facts}, dates=dict(query.dates),
        history=tuple(wire.Past(at=one.at, channel=one.channel, kind=one.kind) for one in query.history),
        denied_by=tuple(wire.Cited(rule=rule, law=law) for rule, law in found.rules),
    )  # fmt: skip


def _failed(result: TrialResult) -> wire.TestFailed:
    return wire.TestFailed(
        path=result.path, line=result.line, jurisdiction=result.jurisdiction, version=result.version,
        when=result.when, channel=result.channel, expected=_verdict(result.expected), expected_by=result.expected_by,
        got=_verdict(result.got), got_by=result.by, problem=result.problem,
    )  # fmt: skip


def _verdict(said: str) -> wire.Verdict:
    return "allow" if said == "allow" else "deny"
