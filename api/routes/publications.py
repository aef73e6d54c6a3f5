"""Publications: what was reviewed decides from an instant on, in every process; and back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime

from msgspec import structs

from cadencia.api.call import Answer, Call
from cadencia.api.drafts import Draft, Drafts, put
from cadencia.api.problem import Problem, invalid
from cadencia.api.publishing import Publication, in_force
from cadencia.api.route import Route
from cadencia.api.routes.drafts import fails, made
from cadencia.api.rules_told import approvals_needed
from cadencia.api.wire import publications as wire
from cadencia.api.workshop import Made, digest
from cadencia.engine.clock import ZoneClock
from cadencia.engine.tables import Rulebook
from cadencia.rules.proof import Proof
from cadencia.store.projection import as_datetime, as_instant

_RANDOM = 12
_DAY_0 = date(2000, 1, 1)
_UNIX_OF_2000 = 946_684_800
_SECOND = 1_000_000


async def publish(call: Call) -> Answer:
    """Checks everything once more, keeps the files, and from then on it is certain."""
    asked: wire.Publishing = call.body
    publisher, workshop = call.parts.publisher, call.parts.workshop
    _must_keep(call)
    kept = await Drafts(call.parts.records).get(call.principal.tenant, asked.draft)
    draft = kept.draft
    if draft.publication:
        raise Problem("draft_published")
    if draft.base != await publisher.newest():
        raise Problem("draft_outdated")
    effective = effective_of(asked, call.parts.rulebook, call.now)
    old, new = await made(call, draft)
    proof = await workshop.proof(old, new)
    _approved(draft, proof)
    checked = await workshop.checked(new.texts)
    if not checked.ok:
        raise fails(checked.problems)
    await _not_before_another(call, effective)
    publication = await _publication(call, draft, new, proof, asked, effective)
    await workshop.keep(new)
    await publisher.add(publication, put(structs.replace(draft, publication=publication.id), kept.version))
    await publisher.due()
    return Answer(_told(publication, await publisher.all(), call.parts.now()), status=201)


async def page(call: Call) -> Answer:
    """All publications of the tenant that keeps the rules."""
    published = await _all(call)
    told = tuple(_told(one, published, call.now) for one in published)
    return Answer(wire.PublicationList(publications=told))


async def get(call: Call) -> Answer:
    """One of them."""
    published = await _all(call)
    found = next((one for one in published if one.id == call.values["id"]), None)
    if found is None:
        raise Problem("not_found")
    return Answer(_told(found, published, call.now))


async def roll_back(call: Call) -> Answer:
    """The rulebook before it decides again when this returns, in other processes within seconds."""
    asked: wire.RollingBack = call.body
    _must_keep(call)
    publisher = call.parts.publisher
    who = call.principal.who
    found = await publisher.roll_back(call.values["id"], by=who, reason=asked.reason, at=call.now)
    await publisher.due()
    return Answer(_told(found, await publisher.all(), call.parts.now()))


def effective_of(asked: wire.Publishing, rulebook: Rulebook, now: int) -> int:
    """The instant that is meant, in microseconds since 1970. A local time that comes twice is the first. Problem
    invalid_fields when there is no such time, or it is past."""
    if asked.effective_from is None:
        if asked.zone is not None:
            raise invalid("/effective_from", "missing_field")
        return now
    try:
        when = datetime.fromisoformat(asked.effective_from)
    except ValueError:
        raise invalid("/effective_from", "no_such_time") from None
    if (when.tzinfo is None) is (asked.zone is None):
        raise invalid("/zone", "zone_or_offset")
    at = as_instant(when.astimezone(UTC)) if asked.zone is None else _local(when, asked.zone, rulebook)
    if at < now:
        raise invalid("/effective_from", "in_the_past")
    return at


def _local(when: datetime, zone: str, rulebook: Rulebook) -> int:
    data = rulebook.zones.get(rulebook.zone_links.get(zone, zone))
    if data is None:
        raise invalid("/zone", "unknown_zone")
    second = when.hour * 3_600 + when.minute * 60 + when.second
    found = ZoneClock(data).instants_at((when.date() - _DAY_0).days, second)
    if not found:
        raise invalid("/effective_from", "no_such_time")
    return (found[0] + _UNIX_OF_2000) * _SECOND


def _approved(draft: Draft, proof: Proof) -> None:
    needed = approvals_needed(proof)
    if draft.objectors or len(draft.approvers) < needed:
        raise Problem("approvals_missing", values={"needed": str(needed), "given": str(len(draft.approvers))})


async def _not_before_another(call: Call, effective: int) -> None:
    """The last one made is the last to take over."""
    standing = [one.effective_at for one in await call.parts.publisher.all() if one.rolled_back is None]
    if standing and effective < max(standing):
        raise invalid("/effective_from", "before_another")


async def _publication(
    call: Call, draft: Draft, new: Made, proof: Proof, asked: wire.Publishing, effective: int
) -> Publication:
    files = await call.parts.publisher.changes_to(new)
    return Publication(
        id="pb_" + call.parts.entropy(_RANDOM).hex(), draft=draft.id, title=draft.title, rulebook=new.hash,
        base=draft.base, law=digest(new.texts), files=files, effective_at=effective,
        effective_from=asked.effective_from or as_datetime(effective).isoformat(), zone=asked.zone or "", at=call.now,
        by=call.principal.who, approved_by=draft.approvers, verdict=proof.verdict,
    )  # fmt: skip


def _must_keep(call: Call) -> None:
    if call.principal.tenant != call.parts.publisher.keeper:
        raise Problem("rules_kept_elsewhere")


async def _all(call: Call) -> list[Publication]:
    keeper = call.parts.publisher.keeper
    return await call.parts.publisher.all() if call.principal.tenant == keeper else []


def _told(one: Publication, published: Sequence[Publication], now: int) -> wire.PublicationTold:
    deciding = in_force(published, now)
    back = one.rolled_back
    return wire.PublicationTold(
        id=one.id, draft=one.draft, title=one.title, rulebook=one.rulebook, base=one.base,
        state="rolled_back" if back else "coming" if one.effective_at > now
        else "in_force" if deciding is not None and deciding.id == one.id else "former",
        effective_at=as_datetime(one.effective_at), effective_from=one.effective_from, zone=one.zone or None,
        published_at=as_datetime(one.at), published_by=one.by, approved_by=one.approved_by,
        verdict=one.verdict,  # type: ignore[arg-type]
        rolled_back=wire.Back(by=back.by, at=as_datetime(back.at), reason=back.reason) if back else None,
    )  # fmt: skip


_CAN = ("rules_kept_elsewhere", "draft_outdated", "records_unavailable", "ledger_unavailable")
ROUTES = (
    Route(
        method="POST", path="/v1/publications", handler=publish, scope="approve", body=wire.Publishing,
        answer=wire.PublicationTold, status=201, needs_key=True, summary="Publish a reviewed draft for an instant",
        problems=(*_CAN, "draft_published", "draft_fails", "approvals_missing"),
    ),
    Route(method="GET", path="/v1/publications", handler=page, scope="read", answer=wire.PublicationList,
          summary="All publications", problems=("records_unavailable",)),
    Route(method="GET", path="/v1/publications/{id}", handler=get, scope="read", answer=wire.PublicationTold,
          summary="A publication", problems=("records_unavailable",)),
    Route(method="POST", path="/v1/publications/{id}:rollback", handler=roll_back, scope="approve",
          body=wire.RollingBack, answer=wire.PublicationTold, needs_key=True,
          summary="Take the last publication back", problems=(*_CAN, "not_newest")),
)  # fmt: skip
