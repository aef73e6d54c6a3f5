"""Drafts of rules: written, checked, compared, proven and reviewed by somebody else."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from msgspec import structs

from cadencia.api.call import Answer, Call
from cadencia.api.drafts import Draft, Drafts, Kept, Review
from cadencia.api.problem import Problem, Wrong, invalid
from cadencia.api.route import Route
from cadencia.api.rules_told import change_told, draft_line, draft_told, mistakes, proved, tested
from cadencia.api.wire import drafts as wire
from cadencia.api.workshop import Made, law_of
from cadencia.rules.compile import CompileError
from cadencia.rules.diff import diff, overall
from cadencia.rules.load_texts import is_law_path
from cadencia.rules.model import Problem as Mistake

_RANDOM = 12
_ETAG = re.compile(r'"[0-9]{1,18}"')


async def make(call: Call) -> Answer:
    """A new draft."""
    asked: wire.Drafting = call.body
    base = asked.base or await call.parts.publisher.newest()
    _check_paths("/files", asked.files)
    law = await _law(call, base, "/base")
    who = call.principal.who
    draft = Draft(
        id="df_" + call.parts.entropy(_RANDOM).hex(), title=asked.title, base=base, files=_changed(asked.files, law),
        authors=(who,), made=call.now, changed=call.now,
    )  # fmt: skip
    kept = await Drafts(call.parts.records).write(call.principal.tenant, draft, 0, "draft.made", who, call.now)
    return await _told(call, kept, law, status=201)


async def page(call: Call) -> Answer:
    """The tenant's drafts."""
    asked: wire.Paging = call.query
    found = await Drafts(call.parts.records).page(call.principal.tenant, asked.after, asked.limit)
    more = len(found) == asked.limit
    following = f"/v1/drafts?after={found[-1][0]}&limit={asked.limit}" if more else None
    return Answer(wire.DraftPage(drafts=tuple(draft_line(kept.draft) for _, kept in found), next=following))


async def get(call: Call) -> Answer:
    """One draft with its files, and what is wrong in them."""
    kept = await _kept(call)
    return await _told(call, kept, await _law(call, kept.draft.base))


async def edit(call: Call) -> Answer:
    """Changes a draft; what was said of it before counts no longer."""
    asked: wire.Editing = call.body
    kept = await _kept(call)
    _check_match(call, kept)
    _open(kept.draft)
    _check_paths("/files", asked.files)
    law = await _law(call, kept.draft.base)
    files = {path: text for path, text in {**kept.draft.files, **asked.files}.items() if path not in asked.revert}
    base = kept.draft.base
    if asked.base is not None and asked.base != base:
        law, base = await _moved(call, asked.base, law, files), asked.base
    who = call.principal.who
    draft = structs.replace(
        kept.draft, title=asked.title or kept.draft.title, base=base, files=_changed(files, law), changed=call.now,
        authors=tuple(dict.fromkeys((*kept.draft.authors, who))), reviews=(),
    )  # fmt: skip
    drafts = Drafts(call.parts.records)
    kept = await drafts.write(call.principal.tenant, draft, kept.version, "draft.edited", who, call.now)
    return await _told(call, kept, law)


async def compare(call: Call) -> Answer:
    """What it changes, in the words of the rule language."""
    kept = await _kept(call)
    old, new = await made(call, kept.draft)
    changes = diff(old.loaded, new.loaded)
    told = tuple(change_told(one, call.language) for one in changes)
    return Answer(wire.Diff(effect=overall(changes).value, changes=told))


async def test(call: Call) -> Answer:
    """Every mistake and every embedded test of all files, as they would be with the draft."""
    _may_work(call)
    kept = await _kept(call)
    law = await _law(call, kept.draft.base)
    return Answer(tested(await call.parts.workshop.checked(law_of(law.texts, kept.draft.files))))


async def prove(call: Call) -> Answer:
    """Whether it only tightens, proven on the rules themselves."""
    _may_work(call)
    kept = await _kept(call)
    old, new = await made(call, kept.draft)
    return Answer(proved(await call.parts.workshop.proof(old, new), call.language))


async def review(call: Call) -> Answer:
    """Somebody else's word. Who wrote in it cannot approve it."""
    asked: wire.Reviewing = call.body
    kept = await _kept(call)
    draft, who = kept.draft, call.principal.who
    _open(draft)
    if asked.content is not None and asked.content != draft.content:
        raise Problem("precondition_failed")
    if asked.verdict == "approve" and who in draft.authors:
        raise Problem("self_approval")
    said = Review(by=who, at=call.now, verdict=asked.verdict, content=draft.content, comment=asked.comment)
    draft = structs.replace(draft, reviews=(*draft.reviews, said))
    drafts = Drafts(call.parts.records)
    kept = await drafts.write(call.principal.tenant, draft, kept.version, f"draft.{_PAST[asked.verdict]}", who,
                              call.now)  # fmt: skip
    return Answer(draft_told(kept.draft), status=201, headers=(("ETag", kept.etag),))


_PAST = {"approve": "approved", "reject": "rejected", "request_changes": "changes_requested"}


async def made(call: Call, draft: Draft) -> tuple[Made, Made]:
    """The base, and the draft over it. Problem draft_fails when its files have mistakes."""
    base = await _law(call, draft.base)
    texts = law_of(base.texts, draft.files)
    try:
        return base, await call.parts.workshop.made(texts)
    except CompileError:
        raise fails(await call.parts.workshop.linted(texts)) from None


def fails(problems: Iterable[Mistake]) -> Problem:
    """Says each mistake at its file."""
    wrong = [
        Wrong(f"/files/{one.path.replace('~', '~0').replace('/', '~1')}", "refused", {"said": str(one)})
        for one in problems if one.severity == "error"
    ]  # fmt: skip
    return Problem("draft_fails", wrong[:100])


async def _kept(call: Call) -> Kept:
    return await Drafts(call.parts.records).get(call.principal.tenant, call.values["id"])


async def _law(call: Call, base: str, where: str = "") -> Made:
    law = await call.parts.publisher.law(base)
    if law is not None:
        return law
    raise invalid(where, "unknown_rulebook") if where else Problem("draft_outdated")


async def _moved(call: Call, base: str, old: Made, files: Mapping[str, str | None]) -> Made:
    """The rulebook published last, if nothing that the draft writes changed there meanwhile."""
    if base != await call.parts.publisher.newest():
        raise invalid("/base", "unknown_rulebook")
    new = await _law(call, base, "/base")
    if any(old.texts.get(path) != new.texts.get(path) for path in files):
        raise Problem("draft_outdated")
    return new


async def _told(call: Call, kept: Kept, law: Made, status: int = 200) -> Answer:
    texts = law_of(law.texts, kept.draft.files)
    found = await call.parts.workshop.linted(texts) if kept.draft.files else ()
    told = structs.replace(draft_told(kept.draft), mistakes=mistakes(found, kept.draft.files))
    return Answer(told, status=status, headers=(("ETag", kept.etag),))


def _changed(files: Mapping[str, str | None], law: Made) -> dict[str, str | None]:
    """What really differs from the base."""
    return {path: text for path, text in sorted(files.items()) if law.texts.get(path) != text}


def _check_paths(where: str, files: Mapping[str, str | None]) -> None:
    for path in files:
        if not is_law_path(path):
            raise invalid(where, "not_a_law_path")


def _check_match(call: Call, kept: Kept) -> None:
    """Problem precondition_required, precondition_failed: nobody's change is lost without a word."""
    match = call.request.headers.get("If-Match")
    if match is None:
        raise Problem("precondition_required")
    if not _ETAG.fullmatch(match):
        raise Problem("invalid_fields", [Wrong("header:If-Match", "bad_header")])
    if match != kept.etag:
        raise Problem("precondition_failed")


def _open(draft: Draft) -> None:
    if draft.publication:
        raise Problem("draft_published")


def _may_work(call: Call) -> None:
    """For those who write or review rules: it costs time."""
    if not call.principal.scopes & {"rules", "approve"}:
        raise Problem("scope_missing", values={"scope": "rules"})


_LOST = ("draft_outdated",)
_WRITES = ("draft_published", "precondition_failed", "records_unavailable", "body_too_large")
ROUTES = (
    Route(method="POST", path="/v1/drafts", handler=make, scope="rules", body=wire.Drafting, answer=wire.DraftTold,
          status=201, needs_key=True, summary="Begin a draft of rules", problems=("records_unavailable",)),
    Route(method="GET", path="/v1/drafts", handler=page, scope="read", query=wire.Paging, answer=wire.DraftPage,
          summary="The drafts of rules"),
    Route(method="GET", path="/v1/drafts/{id}", handler=get, scope="read", answer=wire.DraftTold, problems=_LOST,
          summary="A draft with its files and what is wrong in them"),
    Route(method="PATCH", path="/v1/drafts/{id}", handler=edit, scope="rules", body=wire.Editing,
          answer=wire.DraftTold, problems=(*_WRITES, *_LOST, "precondition_required"),
          summary="Change a draft; its reviews count no longer"),
    Route(method="GET", path="/v1/drafts/{id}/diff", handler=compare, scope="read", answer=wire.Diff,
          problems=("draft_fails", *_LOST), summary="What a draft changes, rule by rule"),
    Route(method="POST", path="/v1/drafts/{id}/tests", handler=test, scope="", answer=wire.Tested, problems=_LOST,
          summary="Run the linter and every embedded test over a draft"),
    Route(method="POST", path="/v1/drafts/{id}/proofs", handler=prove, scope="", answer=wire.Proved,
          problems=("draft_fails", *_LOST), summary="Prove that a draft only tightens, or show where it does not"),
    Route(method="POST", path="/v1/drafts/{id}/reviews", handler=review, scope="approve", body=wire.Reviewing,
          answer=wire.DraftTold, status=201, needs_key=True, problems=(*_WRITES, "self_approval"),
          summary="Approve or reject a draft of somebody else"),
)  # fmt: skip
