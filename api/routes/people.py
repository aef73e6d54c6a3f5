"""One person: what may still be done, what was done, what the person wishes, and to be forgotten."""

from __future__ import annotations

from typing import Any

from cadencia.api.call import Answer, Call
from cadencia.api.problem import invalid
from cadencia.api.route import Route
from cadencia.api.routes.decisions import hours_of, request_of
from cadencia.api.routes.facts import recorded
from cadencia.api.wire import people as wire
from cadencia.api.wire.decisions import Address, Asking, Debt, Person
from cadencia.api.wire.facts import Recorded
from cadencia.api.wire.people import Allowances, Allowing, Changing, Erased, Moment, Page, Timeline
from cadencia.dialer import notes
from cadencia.dialer.notes import Source
from cadencia.store.projection import as_datetime, as_instant


async def allowances(call: Call) -> Answer:
    """Used, left and the next instant, for each rule that counts."""
    asked: Allowing = call.query
    found = await call.parts.gate.allowances(request_of(call.principal.tenant, _asking(call.values["id"], asked)))
    told = tuple(
        wire.Allowance(rule=one.rule, debt=debt, used=one.used, limit=one.at_most, left=one.left, next_at=one.next_at,
                       retry=one.retry, counted=one.base)  # type: ignore[arg-type] # the engine's word
        for debt, one in found
    )  # fmt: skip
    return Answer(Allowances(at=as_datetime(call.now), allowances=told))


async def timeline(call: Call) -> Answer:
    """Everything that is recorded, across channels."""
    page: Page = call.query
    moments = await call.parts.gate.timeline(call.principal.tenant, call.values["id"])
    if page.after is not None:
        at, _, n = page.after.partition("-")
        moments = [one for one in moments if (as_instant(one.at), one.n) > (int(at), int(n))]
    shown = moments[: page.limit]
    more = f"{as_instant(shown[-1].at)}-{shown[-1].n}" if len(moments) > page.limit else None
    return Answer(Timeline(moments=tuple(moment_of(call, one) for one in shown), next=more))


async def change(call: Call) -> Answer:
    """Hours that the person named, and dates."""
    told: Changing = call.body
    gate, tenant, person = call.parts.gate, call.principal.tenant, call.values["id"]
    source = Source(source=told.source, evidence=told.evidence, by=call.principal.who)
    if told.wanted_hours is None and told.unwanted_hours is None and not told.dates:
        raise invalid("", "nothing_to_change")
    if told.wanted_hours is not None or told.unwanted_hours is not None:
        wanted = None if told.wanted_hours is None else hours_of(told.wanted_hours)
        unwanted = None if told.unwanted_hours is None else hours_of(told.unwanted_hours)
        await gate.record_hours(tenant, person, source=source, wanted=wanted, unwanted=unwanted)
    for name, day in told.dates.items():
        await gate.record_date(tenant, person, name, day, source=source, debt=told.debt)
    return recorded(call)


async def erase(call: Call) -> Answer:
    """As privacy law asks. There is no way back."""
    erased = await call.parts.gate.erase(call.principal.tenant, call.values["id"])
    return Answer(Erased(entries=erased))


def moment_of(call: Call, moment: notes.Moment) -> Moment:
    """A moment as a client sees it: what says something of numbers and addresses is left out."""
    told: dict[str, Any] = moment.told or {}
    ids, tenant = call.parts.ids, call.principal.tenant
    decision, query = told.get("decision") or {}, told.get("query") or {}
    scope_debt = told.get("id") if told.get("scope") == "debt" else None
    return Moment(
        at=moment.at, entry=moment.n, kind=moment.kind, channel=moment.channel, outcome=moment.outcome,
        attempt=ids.attempt(tenant, moment.attempt) if moment.attempt else "",
        decision_id=told.get("id", "") if moment.kind == "decided" else "",
        rules=tuple(reason["rule"] for reason in decision.get("reasons", ())),
        fact=told.get("fact") or told.get("date") or "", value=told.get("value", True) if told.get("fact") else None,
        debt=told.get("debt") or query.get("debt") or scope_debt,
        due=told.get("promise_due") or told.get("cannot_pay_until") or told.get("on"),
        source=told.get("source", ""), by=told.get("by", ""), erased=moment.told is None,
    )  # fmt: skip


def _asking(person: str, asked: Allowing) -> Asking:
    return Asking(
        person=Person(id=person, party=asked.party, country=asked.country, region=asked.region,
                      postal_code=asked.postal_code, locality=asked.locality, zone=asked.zone,
                      household=asked.household, workplace=asked.workplace),
        address=Address(channel=asked.channel, place=asked.place),
        debt=Debt(id=asked.debt, creditor=asked.creditor, type=asked.debt_type, stage=asked.stage,
                  account=asked.account),
        initiator=asked.initiator, purpose=asked.purpose, actor=asked.actor,
    )  # fmt: skip


ROUTES = (
    Route(method="GET", path="/v1/people/{id}/allowances", handler=allowances, scope="read", query=Allowing,
          answer=Allowances, problems=("unknown_person",), summary="What each counting rule still allows"),
    Route(method="GET", path="/v1/people/{id}/timeline", handler=timeline, scope="read", query=Page, answer=Timeline,
          problems=("unknown_person",), summary="All that happened with a person"),
    Route(method="PATCH", path="/v1/people/{id}", handler=change, scope="facts", body=Changing, answer=Recorded,
          status=201, needs_key=True, problems=("ledger_unavailable",),
          summary="Record the hours that a person named, and dates"),
    Route(method="POST", path="/v1/people/{id}:erase", handler=erase, scope="admin", answer=Erased, needs_key=True,
          problems=("unknown_person", "ledger_unavailable"), summary="Destroy what is personal, as privacy law asks"),
)  # fmt: skip
