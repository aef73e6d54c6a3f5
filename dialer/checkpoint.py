"""A start that does not read the whole ledger: the histories from a checkpoint, the attempts under way beside them, and
from the ledger what is known of persons and the tail."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from cadencia.dialer.attempts import Attempt
from cadencia.dialer.households import Households
from cadencia.dialer.keys import Keys
from cadencia.dialer.state import State
from cadencia.engine.histories import Histories
from cadencia.engine.words import Wider
from cadencia.store import checkpoint
from cadencia.store.checkpoint import CheckpointError
from cadencia.store.entry import Draft
from cadencia.store.ledger import Ledger
from cadencia.store.private import write_whole


class Kept(msgspec.Struct, frozen=True):
    """An attempt under way."""

    draft: Draft
    sequence: int
    status: str
    placed_at: int | None


class UnderWay(msgspec.Struct, frozen=True):
    """All attempts under way at the ledger's entry `upto`, whose chain is `head`, and the keys used until then. wider:
    the kinds of histories besides persons' that are kept, and what is told apart in each; households: those of each
    person, None where an earlier release did not keep them."""

    upto: int
    head: bytes
    attempts: tuple[Kept, ...]
    keys: bytes
    wider: dict[str, int] = {}
    households: dict[bytes, tuple[int, ...]] | None = None


class Start(msgspec.Struct, frozen=True):
    """The state as of the ledger's entry `upto`."""

    state: State
    histories: Histories
    keys: Keys
    upto: int


def dump(path: Path, start: Start, head: bytes) -> None:
    """Writes both files; the ledger must end at `start.upto` and all of it be taken in. OSError when they cannot be
    written."""
    attempts = start.state.attempts.values()
    kept = tuple(Kept(one.draft, one.sequence, one.status, one.placed_at) for one in attempts)
    wider = {kind.name: told for kind, told in start.state.wider.kinds.items()}
    households = start.state.wider.households.frozen()
    under_way = UnderWay(start.upto, head, kept, start.keys.frozen(), wider, households)
    write_whole(_beside(path), [msgspec.msgpack.encode(under_way)])
    checkpoint.dump(start.histories, path, start.upto, head)


async def begin(path: Path | None, ledger: Ledger, kinds: Mapping[Wider, int]) -> tuple[Start, str]:
    """Where to begin: at the checkpoint, or where there is none that can be used, at nothing; and why it cannot. kinds:
    the histories besides persons' that are needed."""
    why = ""
    if path is not None and not ledger.shared:
        try:
            start = await load(path, ledger)
            lacks = [kind.name for kind in kinds if not start.state.wider.cover({kind: kinds[kind]})]
            if not lacks:
                return start, ""
            why = f"{path} holds no histories by {', '.join(sorted(lacks))}, which rules count; rebuild from the ledger"
        except CheckpointError as problem:
            why = str(problem)
    histories = Histories()
    return Start(State(histories, wider=kinds), histories, Keys(), 0), why


async def load(path: Path, ledger: Ledger) -> Start:
    """CheckpointError when one is missing or damaged, they are of two instants, or the ledger is another one."""
    thawed = checkpoint.load(path)
    try:
        under_way = msgspec.msgpack.decode(_beside(path).read_bytes(), type=UnderWay)
        keys = Keys(under_way.keys)
        wider = {Wider[name]: told for name, told in under_way.wider.items()}
    except (OSError, ValueError, KeyError) as problem:  # msgspec's errors are of the second kind
        raise CheckpointError(f"{_beside(path)}: {problem}; rebuild from the ledger") from None
    if under_way.households is None and Wider.household in wider:
        raise CheckpointError(f"{_beside(path)} does not say who is of which household; rebuild from the ledger")
    if (under_way.upto, under_way.head) != (thawed.upto, thawed.head):
        raise CheckpointError(f"{path} and what lies beside it are of two instants; rebuild from the ledger")
    last, _ = await ledger.head()
    if last < thawed.upto:
        raise CheckpointError(f"{path} was made at entry {thawed.upto}, the ledger ends at {last}: entries, or its log "
                              "(-wal), are missing, or it is another ledger; see what became of them")  # fmt: skip
    async for entry in ledger.entries(after=thawed.upto - 1, limit=1):
        if entry.n == thawed.upto and entry.chain == thawed.head:
            break
    else:
        raise CheckpointError(f"{path} is of another ledger; rebuild from the ledger")
    state = State(thawed.histories, wider=wider, households=Households(under_way.households))
    for kept in under_way.attempts:
        attempt = Attempt(kept.draft, kept.sequence)
        attempt.status, attempt.placed_at = kept.status, kept.placed_at
        state.attempts[attempt.id] = attempt
    async for entry in ledger.entries(kinds=("fact", "promise", "erased", "published")):
        if entry.n > thawed.upto:
            break
        state.apply(entry)
    return Start(state, thawed.histories, keys, thawed.upto)


def _beside(path: Path) -> Path:
    return path.with_name(path.name + ".attempts")
