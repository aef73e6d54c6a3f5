"""A jurisdiction file as read: frozen records, one for each thing an officer writes. See docs/rule-language.md."""

from __future__ import annotations

from datetime import date
from typing import Union

import msgspec


class _Record(msgspec.Struct, frozen=True, kw_only=True):
    pass


class Window(_Record):
    """How far a counter looks, or how long a pause lasts. unit: seconds, civil_days, week, month, business_days,
    lifetime (names of engine.words.WindowUnit). `week: undefined` is read as 7 civil_days with `undefined` set."""

    unit: str
    n: int = 1
    undefined_week: bool = False


class Counted(_Record):
    """Which events count. `kinds` are count-kinds ('placed' counts everything that implies placed)."""

    kinds: tuple[str, ...] = ("placed",)
    except_kinds: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()  # empty: all
    parties: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    direction: str = "outbound"  # outbound, inbound, any
    skip_consented: bool = False  # written `unless_fact: prior_consent`
    after_first: str = ""  # only events after the first event of this kind
    since_date: str = ""  # only events on or after this dated fact


class ContactWindow(_Record):
    """Minutes of the local day, half open, by day. `holiday` None: a holiday is a day like any other."""

    mon: tuple[tuple[int, int], ...]
    tue: tuple[tuple[int, int], ...]
    wed: tuple[tuple[int, int], ...]
    thu: tuple[tuple[int, int], ...]
    fri: tuple[tuple[int, int], ...]
    sat: tuple[tuple[int, int], ...]
    sun: tuple[tuple[int, int], ...]
    holiday: tuple[tuple[int, int], ...] | None = None
    clock: str = ""  # IANA zone, where the law names its own clock


class FrequencyCap(_Record):
    at_most: int
    count: Counted
    per: Window
    for_each: tuple[str, ...] = ("person",)  # whose history: person or a Wider; then what narrows it: Subjects


class Separation(_Record):
    at_least: Window  # clear_days n is read as civil_days n+1
    count: Counted
    for_each: tuple[str, ...] = ("person",)


class CoolingOff(_Record):
    after: Counted
    lasts: Window  # civil_days: the day of the event is day 1
    for_each: tuple[str, ...] = ("person",)


class ChannelLock(_Record):
    after: Counted
    lasts: Window
    for_each: tuple[str, ...] = ("person",)


class Recipient(_Record):
    """Give one of: the parties that may be contacted; places closed; most contacts with third parties, ever."""

    parties: tuple[str, ...] = ()
    not_at: tuple[str, ...] = ()
    third_party_at_most: int | None = None


class ChannelBan(_Record):
    """The rule's `channels` are closed (open only with a fact of `unless_facts`)."""


class Consent(_Record):
    requires: tuple[str, ...] = ()
    requires_any: tuple[str, ...] = ()
    forbids: tuple[str, ...] = ()
    unknown: str = "allow"  # of a forbidden fact: allow or deny


class Precondition(_Record):
    """A dated fact at least / at most so many days ago, or a numeric fact in a range."""

    date: str = ""
    at_least_days: int | None = None
    at_most_days: int | None = None
    days: str = "civil"  # civil or business
    number: str = ""
    at_least: float | None = None
    at_most: float | None = None
    unknown: str = "deny"


class CallerId(_Record):
    shown: bool = True
    prefixes: tuple[str, ...] = ()
    banned_prefixes: tuple[str, ...] = ()


class Script(_Record):
    approved: bool = False  # an approved version is required
    blocks: tuple[str, ...] = ()  # ids of text blocks that must be there
    phrases_banned: tuple[str, ...] = ()
    bans: tuple[str, ...] = ()  # classes of wording, of BANS
    languages: tuple[str, ...] = ()


class Abandonment(_Record):
    """numerator / denominator over the window, at most `at_most` (a share). See docs/rule-language.md."""

    at_most: float
    numerator: str = "abandoned"
    denominator: str = "answered_by_person"
    window: str = "30 civil days"
    periods: str = "rolling"  # rolling, or successive from the campaign's first day on
    per: tuple[str, ...] = ("campaign",)
    where_law_is_silent: bool = False  # of a policy: only where no law gives a formula
    machine_correction: str = "none"  # none, or estimated: see engine/abandonment.py


class Dialing(_Record):
    after_abandoned: Window | None = None  # no automatic call to the address for so long
    after_machine: Window | None = None
    abandonment: Abandonment | None = None
    connect_within_s: float | None = None
    connect_from: str = ""  # answer, greeting (its end); empty: answer
    ring_at_least_s: int | None = None
    recorded_message: str = ""  # "", required, forbidden
    machine_detection: str = ""  # "", allowed, forbidden
    automatic_minutes_a_day: int | None = None  # of automatic dialling of one person in a civil day, all attempts


Kind = Union[
    ContactWindow, FrequencyCap, Separation, CoolingOff, ChannelLock, Recipient, ChannelBan, Consent, Precondition,
    CallerId, Script, Dialing,
]  # fmt: skip

#: The key an officer writes, and the record it is read into.
KINDS: dict[str, type[_Record]] = {
    "contact_window": ContactWindow,
    "frequency_cap": FrequencyCap,
    "separation": Separation,
    "cooling_off": CoolingOff,
    "channel_lock": ChannelLock,
    "recipient": Recipient,
    "channel_ban": ChannelBan,
    "consent": Consent,
    "precondition": Precondition,
    "caller_id": CallerId,
    "script": Script,
    "dialing": Dialing,
}
FORCES = ("statute", "presumption", "guidance", "code", "policy")
#: How sure the reading of the source is. What is less sure is not filed as law.
CONFIDENCES = ("high", "medium")
#: Classes of wording that a script may be forbidden to use; the words of each are in the catalogue of scripts.
BANS = (
    "threat", "court-imitation", "false-legal-threat", "false-authority", "insult", "asks-reason", "public-exposure",
    "third-party-pressure", "marketing",
)  # fmt: skip


class Rule(_Record):
    """One rule. Empty selectors select everything, but `purposes`, which default to collections and servicing."""

    name: str
    line: int
    kind: str  # key of KINDS
    body: Kind
    cite: str
    reading: str = ""
    force: str = "statute"
    confidence: str = ""  # of CONFIDENCES; empty: as the version says
    looser_than: tuple[str, ...] = ()  # ids of rules of a parent that are stricter, and known to be
    channels: tuple[str, ...] = ()
    actors: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ("collections", "servicing")
    initiators: tuple[str, ...] = ()
    parties: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    debt_types: tuple[str, ...] = ()
    stages: tuple[str, ...] = ()
    when_facts: tuple[str, ...] = ()
    unless_facts: tuple[str, ...] = ()
    when_date: str = ""  # the rule applies only while the days since this dated fact are in range; unknown: it applies
    when_at_least_days: int | None = None
    when_at_most_days: int | None = None


class RuleTest(_Record):
    """One embedded test, as written; `rules.trial` runs it."""

    line: int
    when: str  # "Fri 2026-03-06 18:59", or with a zone after it
    try_: str  # the channel
    expect: str  # allow, deny
    by: str = ""
    after: tuple[str, ...] = ()
    actor: str = "third_party_collector"
    purpose: str = "collections"
    party: str = "debtor"
    place: str = ""
    initiator: str = "preview"
    debt_type: str = "consumer"
    stage: str = "unknown"
    facts: tuple[str, ...] = ()
    dates: dict[str, str] = msgspec.field(default_factory=dict)
    numbers: dict[str, float] = msgspec.field(default_factory=dict)
    caller_id: str = ""


class Version(_Record):
    line: int
    from_: date
    until: date | None = None
    known_since: date | None = None
    status: str = "in_force"  # in_force, draft
    reviewed_by: str = ""  # empty: unreviewed
    reviewed_on: date | None = None
    source: str = ""
    checked: date | None = None  # the day on which the source was last looked at
    confidence: str = ""  # of CONFIDENCES; empty: not stated
    rules: tuple[Rule, ...] = ()
    tests: tuple[RuleTest, ...] = ()


class JurisdictionFile(_Record):
    path: str  # "co/ley-2300.yaml", relative to the jurisdictions folder
    jurisdiction: str
    title: str
    parents: tuple[str, ...] = ()  # named in the file; the code's own prefix (US of US-MA) is added by the compiler
    timezone: str = ""  # IANA, or empty for `person`
    holidays: str = ""  # calendar file stem, or empty for `none`
    covers: tuple[str, ...] = ()  # codes directly under it without a known law of their own: this law alone applies
    covers_reading: str = ""  # why
    covers_line: int = 0
    versions: tuple[Version, ...] = ()
    policy: str = ""  # name of the house policy that it is part of; empty: law
    everywhere: bool = False  # a policy that holds wherever rules are on file, and makes no place known
    place_line: int = 1  # of a policy: where it names the place


class HolidayFile(_Record):
    """jurisdictions/holidays/<name>.yaml: a base from the `holidays` package plus dated overrides."""

    path: str
    name: str
    country: str = ""  # of the holidays package; empty: only `add` and `rules`
    subdivision: str = ""
    categories: tuple[str, ...] = ("public",)
    add: dict[str, str] = msgspec.field(default_factory=dict)  # "2026-07-13": "why, with its source"
    remove: dict[str, str] = msgspec.field(default_factory=dict)
    weekly: tuple[str, ...] = ()  # weekdays that are holidays of this calendar, e.g. sun
    yearly: tuple[str, ...] = ()  # "MM-DD" every year
    weekend: tuple[str, ...] = ("sat", "sun")
    until: int = 2040  # last year covered
    decreed: bool = False  # a government sets the days of each year late in the year before: until may be near


class Problem(_Record):
    """A mistake in a file: where, what was found, what to write instead."""

    path: str
    line: int
    where: str  # rule name, version or key
    message: str  # what was found; write what
    severity: str = "error"  # error, warning

    def __str__(self) -> str:
        where = f" {self.where}" if self.where else ""
        return f"{self.path}:{self.line}{where}: {self.message}"
