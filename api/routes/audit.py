"""Who changed what of the service."""

from __future__ import annotations

import msgspec

from cadencia.api.audit import KIND, Line
from cadencia.api.call import Answer, Call
from cadencia.api.route import Route
from cadencia.api.wire.audit import Audit, AuditAfter, AuditLine
from cadencia.store.projection import as_datetime
from cadencia.store.records import Document


async def audit(call: Call) -> Answer:
    """A page of the tenant's audit."""
    asked: AuditAfter = call.query
    found = await call.parts.records.page(call.principal.tenant, KIND, after=asked.after, limit=asked.limit)
    after = found[-1].n if found else asked.after
    told = Audit(lines=tuple(map(_shown, found)), after=after, next=f"/v1/audit?after={after}&limit={asked.limit}")
    return Answer(told)


def _shown(document: Document) -> AuditLine:
    line = msgspec.json.decode(document.body, type=Line)
    return AuditLine(id=document.id, at=as_datetime(line.at), who=line.who, did=line.did, what=line.what)


ROUTES = (
    Route(method="GET", path="/v1/audit", handler=audit, scope="audit", query=AuditAfter, answer=Audit,
          summary="Who changed what"),
)  # fmt: skip
