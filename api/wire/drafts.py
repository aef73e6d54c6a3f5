"""Drafts of rules: files written anew, what is wrong with them, what they would change, who agrees."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta

from cadencia.api.wire.decisions import Asked

Path = Annotated[str, Meta(min_length=1, max_length=200, examples=["co/ley-2300.yaml", "holidays/co.yaml"])]
FileText = Annotated[str, Meta(max_length=1 << 20)]
Hash = Annotated[str, Meta(pattern="^sha256:[0-9a-f]{64}$")]
Content = Annotated[str, Meta(pattern="^[0-9a-f]{64}$")]
Comment = Annotated[str, Meta(max_length=4_000)]
Verdict = Literal["allow", "deny"]
Title = Annotated[str, Meta(min_length=1, max_length=255)]


class Drafting(Asked, frozen=True, kw_only=True):
    """A draft of rules: files by their path, each with its whole text, null takes it out. `base`: the rulebook that it
    changes; left out, the one published last."""

    title: Title
    base: Hash | None = None
    files: Annotated[dict[Path, FileText | None], Meta(max_length=200)] = msgspec.field(default_factory=dict)


class Editing(Asked, frozen=True, kw_only=True):
    """What changes in a draft. `files`: each with its whole text, null takes the file out of the law; `revert`: these
    are again as in the base. `base`: moves the draft over the rulebook published last, if no file of it changed
    there. Every change voids the reviews."""

    title: Title | None = None
    base: Hash | None = None
    files: Annotated[dict[Path, FileText | None], Meta(max_length=200)] = msgspec.field(default_factory=dict)
    revert: Annotated[tuple[Path, ...], Meta(max_length=200)] = ()


class Mistake(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong in a file: where, what was found, what to write."""

    path: str
    line: int
    where: str
    message: str
    severity: Literal["error", "warning"]


class File(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a draft; `text` null: it is taken out."""

    path: str
    text: str | None


class Reviewed(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody said. `counts`: it is about the draft as it is now."""

    by: str
    at: datetime
    verdict: Literal["approve", "reject", "request_changes"]
    comment: str
    counts: bool


class DraftTold(msgspec.Struct, frozen=True, kw_only=True):
    """A draft. `content`: what reviews are about; it changes with every edit. `approved_by`: who approves what it is
    now. `mistakes`: of its files, as `rules check` says them."""

    id: str
    title: str
    base: str
    content: str
    authors: tuple[str, ...]
    made_at: datetime
    changed_at: datetime
    files: tuple[File, ...]
    reviews: tuple[Reviewed, ...]
    approved_by: tuple[str, ...]
    publication: str | None
    mistakes: tuple[Mistake, ...] = ()


class DraftLine(msgspec.Struct, frozen=True, kw_only=True):
    """A draft in a list."""

    id: str
    title: str
    base: str
    content: str
    authors: tuple[str, ...]
    changed_at: datetime
    paths: tuple[str, ...]
    approved_by: tuple[str, ...]
    publication: str | None


class DraftPage(msgspec.Struct, frozen=True, kw_only=True):
    """`next`: the rest, null if there is none."""

    drafts: tuple[DraftLine, ...]
    next: str | None


class Paging(Asked, frozen=True, kw_only=True):
    """Which part of a list."""

    after: Annotated[int, Meta(ge=0, le=(1 << 53) - 1)] = 0
    limit: Annotated[int, Meta(ge=1, le=200)] = 50


class ChangeTold(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One difference, in the words of the rule language. `effect`: on what is allowed. `said`, `says`: the rule as a
    sentence, before and after."""

    what: str
    path: str
    effect: Literal["tightens", "loosens", "neutral", "mixed", "unknown"]
    jurisdiction: str = ""
    version: str = ""
    rule: str = ""
    field: str = ""
    old: Any = None
    new: Any = None
    said: str = ""
    says: str = ""


class Diff(msgspec.Struct, frozen=True, kw_only=True):
    """Every difference in meaning; comments make none."""

    effect: Literal["tightens", "loosens", "neutral", "mixed", "unknown"]
    changes: tuple[ChangeTold, ...]


class TestFailed(msgspec.Struct, frozen=True, kw_only=True):
    """An embedded test that did not come out as it is written."""

    path: str
    line: int
    jurisdiction: str
    version: date
    when: str
    channel: str
    expected: Verdict
    expected_by: str
    got: Verdict
    got_by: tuple[str, ...]
    problem: str


class Tested(msgspec.Struct, frozen=True, kw_only=True):
    """`ok`: no mistake, and every test came out. With a mistake no test is run."""

    ok: bool
    run: int
    failed: tuple[TestFailed, ...]
    mistakes: tuple[Mistake, ...]


class Cited(msgspec.Struct, frozen=True, kw_only=True):
    """A rule and its article."""

    rule: str
    law: str


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """A contact that the person of an example had before."""

    at: datetime
    channel: str
    kind: str


class CounterExample(msgspec.Struct, frozen=True, kw_only=True):
    """A person and a minute for which the base denies, by `denied_by`, and the draft allows."""

    at: datetime
    zone: str
    channel: str
    jurisdictions: tuple[str, ...]
    party: str
    purpose: str
    initiator: str
    facts: dict[str, bool]
    dates: dict[str, date]
    history: tuple[Past, ...]
    denied_by: tuple[Cited, ...]


class Proved(msgspec.Struct, frozen=True, kw_only=True):
    """`tightens_only`: proven for every person and minute. Else `changes` are those that may loosen, `opened` the
    places that had no law and were closed, `example` a case; null where none was found. `approvals_needed`: by how many
    persons who did not write in it."""

    verdict: Literal["same", "tightens", "loosens", "unproven"]
    tightens_only: bool
    approvals_needed: int
    changes: tuple[ChangeTold, ...]
    opened: tuple[str, ...]
    example: CounterExample | None


class Reviewing(Asked, frozen=True, kw_only=True):
    """What somebody says of a draft. `content`: what was read; if the draft is no longer that, nothing is kept."""

    verdict: Literal["approve", "reject", "request_changes"]
    comment: Comment = ""
    content: Content | None = None


class Replaying(Asked, frozen=True, kw_only=True):
    """Which recorded traffic of this tenant: decided from `from` until before `until`; left out, all."""

    from_: Annotated[datetime, Meta(tz=True)] | None = msgspec.field(name="from", default=None)
    until: Annotated[datetime, Meta(tz=True)] | None = None
    examples: Annotated[int, Meta(ge=0, le=100)] = 20
