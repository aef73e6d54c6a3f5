"""What the server is made of, as handlers find it on a call. api/main.py puts it together."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from cadencia.api.clock import SandboxClock
from cadencia.api.config import Config
from cadencia.api.events import Feed
from cadencia.api.idempotency import Repeats
from cadencia.api.ids import Ids
from cadencia.api.keys import Keyring
from cadencia.api.metrics import Metrics
from cadencia.api.publishing import Publisher
from cadencia.api.sse import Hub
from cadencia.api.telling import Tellings
from cadencia.api.workshop import Workshop
from cadencia.dialer.gate import Gate
from cadencia.dialer.request import Names
from cadencia.dialer.watch import Clock
from cadencia.engine.tables import Rulebook
from cadencia.store.identity import Entropy
from cadencia.store.records import Records

if TYPE_CHECKING:
    from cadencia.api.route import Routes


@dataclass(kw_only=True)
class Parts:
    """now: microseconds since 1970. stopwatch: seconds since any instant, to say how long something took. sandbox: None
    where time is the machine's. contract: the OpenAPI document. rulebook: by
    which the gate decides."""

    config: Config
    gate: Gate
    names: Names
    ids: Ids
    feed: Feed
    hub: Hub
    records: Records
    repeats: Repeats
    keys: Keyring
    tellings: Tellings
    metrics: Metrics
    now: Clock
    stopwatch: Callable[[], float]
    entropy: Entropy
    sandbox: SandboxClock | None
    routes: Routes
    contract: bytes
    version: str
    rulebook: Rulebook
    workshop: Workshop
    publisher: Publisher
