"""The one that writes: takes all that waits, enters it in one transaction, and tells after the sync.

One transaction is one group. While the disk takes one group, in a thread of its own, the next is numbered, hashed and
encrypted; it goes to the disk only when the one before is there. What must see the tables as they stand (an erasure, a
seal, an expected version, the end) waits until nothing is under way.

A group that fails leaves nothing of it behind that anybody was told of; after it the writer refuses everything, also
the group that was made ready meanwhile, because what the disk holds is no longer known: opening the file again reads it
anew."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import Any, NamedTuple

import apsw
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cadencia.store._rows import Bulk
from cadencia.store.entry import Draft, Entry, numbered_all, sealed_all
from cadencia.store.identity import NONCE, SALT, AlteredError, Entropy, Vault, owner_of
from cadencia.store.ledger import Appended, LedgerError, Moved
from cadencia.store.seal import Sealer
from cadencia.store.sqlite_rows import (
    FIND_PERSON,
    INSERT_ENTRY,
    INSERT_PAYLOAD,
    INSERT_PERSON,
    MAX_KEYS,
    PAGE,
    Row,
    Rows,
    row_of,
)  # fmt: skip
from cadencia.store.wider import wider_id

# drafts of one transaction: at least so many if they wait, since a sync costs as much for one
LEAST_GROUP = 16
MAX_GROUP = 512
BEHIND_S = 0.5  # how long what nobody waits for may wait for company
CHECKPOINT_PAGES = 4_096  # of the log, before it is written into the file: 16 MiB


class Request(msgspec.Struct, eq=False):
    """What the writer is asked: to append drafts, or to erase (tenant, subject, at). future: of the loop; None if
    nobody waits. closing: the last one."""

    drafts: Sequence[Draft] = ()
    expected: Mapping[bytes, int] | None = None
    erase: tuple[str, bytes, int] | None = None
    future: Any = None
    closing: bool = False


Result = Appended | Moved | int | LedgerError
#: told in the writer's thread: each request with its result, and the head after them, None if the group failed
Tell = Callable[[list[tuple[Request, Result]], tuple[int, bytes] | None], None]


class Batch(NamedTuple):
    """A group made ready for the disk: rows by table, what its requests are told once they are there, the head then."""

    tables: list[tuple[str, list[Row]]]
    results: list[tuple[Request, Result]]
    head: tuple[int, bytes]


def refusal(broken: str) -> str:
    """What those are told whom a broken ledger refuses."""
    return f"the ledger writes no more ({broken}); mend the disk and open it again"


class Writer(threading.Thread):
    """Owns the connections until it ends: `finding` only reads, while the other is busy writing. `tell` must not block
    and must not fail."""

    def __init__(
        self, connection: apsw.Connection, finding: apsw.Connection, rows: Rows, vault: Vault, entropy: Entropy,
        sealer: Sealer | None, tell: Tell,
    ) -> None:  # fmt: skip
        super().__init__(name="ledger writer", daemon=True)
        self._connection, self._rows, self._vault, self._entropy, self._tell = connection, rows, vault, entropy, tell
        self._sealer, self._bulk, self._finding, self._finder = sealer, Bulk(connection), finding, Bulk(finding)
        self._disk = ThreadPoolExecutor(1, thread_name_prefix="ledger disk")
        self._under_way: tuple[Future[None], list[Request]] | None = None
        self._queue: deque[Request] = deque()
        self._wake = threading.Condition()
        self._awaited = False  # somebody waits for what is queued
        self._ended = False
        self._waited = 0  # how many requests lately waited at once
        self._log_pages = 0
        self._checkpoint_at = CHECKPOINT_PAGES
        self._truncate_due = False
        self._n, self._chain = rows.head()
        self._seal_n = rows.last_seal() if sealer else 0
        self._last_at = connection.execute("SELECT at FROM entry ORDER BY n DESC LIMIT 1").get or 0
        self._keys: dict[tuple[str, bytes], tuple[int, AESGCM]] = {}
        self._pending: list[Entry] = []  # entered in this group, not yet in the table
        self._payloads: list[Row] = []
        self._persons: list[Row] = []
        self._versions: dict[bytes, int] = {}  # of subjects among the pending
        newest_key = connection.execute("SELECT seq FROM sqlite_sequence WHERE name = 'person'").get
        self._last_person = newest_key or 0
        self.broken = ""  # why nothing can be written any more
        connection.set_wal_hook(self._count_log)

    def ask(self, requests: Sequence[Request]) -> None:
        """Queues requests, in order. From the loop's thread."""
        with self._wake:
            if not self._ended:
                self._queue.extend(requests)
                self._awaited = self._awaited or any(request.future is not None for request in requests)
                self._wake.notify()
                return
        self._refuse(requests)

    def run(self) -> None:
        group: list[Request] = []
        try:
            while not any(request.closing for request in group):
                group = self._take()
                self._turn(group)
        finally:
            under_way = self._under_way[1] if self._under_way else []
            with self._wake:
                self._ended, rest = True, [*under_way, *group, *self._queue]
            self.broken = self.broken or "the writer ended"
            # none is left, unless this thread failed in a way that nobody foresaw; who was told already hears nothing
            self._refuse([request for request in rest if request.future])

    def _take(self) -> list[Request]:
        """Waits for requests; those that fit into one group, in order."""
        with self._wake:
            self._wake.wait_for(lambda: self._queue)
            self._wake.wait_for(lambda: self._awaited, BEHIND_S)
            limit, group, size = self._limit(), [self._queue.popleft()], 0
            while self._queue and (size := size + len(group[-1].drafts)) < limit:
                group.append(self._queue.popleft())
            self._awaited = any(request.future is not None for request in self._queue)
            return group

    def _limit(self) -> int:
        """How many drafts to take: half of what lately waited at once, so that those told of one group ask anew while
        the disk syncs the other half."""
        told_soon = len(self._under_way[1]) if self._under_way and not self._under_way[0].done() else 0
        self._waited = max(len(self._queue) + told_soon, self._waited * 15 // 16)
        return min(max(self._waited // 2, LEAST_GROUP), MAX_GROUP)

    def _turn(self, group: list[Request]) -> None:
        try:
            if self._fits_beside(group):
                batch = None if self.broken else self._ready(group)
                self._land()
                if batch and not self.broken:
                    self._under_way = self._disk.submit(self._commit, batch), group
                    return
            else:
                self._land()
                if not self.broken:
                    self._write(group)
                    return
        except (apsw.Error, OSError, MemoryError, AlteredError) as error:
            self._land()
            self._break(error)
        self._end_if_closing(group)
        self._refuse(group)

    def _fits_beside(self, group: list[Request]) -> bool:
        """Whether it can be made ready while the one before is written: it need not see the tables."""
        size = sum(len(request.drafts) for request in group)
        seals = self._sealer is not None and self._n + size - self._seal_n >= self._sealer.every
        return not seals and not any(one.erase or one.expected or one.closing for one in group)

    def _land(self) -> None:
        """Waits until nothing is under way to the disk."""
        if self._under_way:
            self._under_way[0].result()
            self._under_way = None

    def _commit(self, batch: Batch) -> None:
        """In the thread of the disk."""
        try:
            self._bulk.insert(batch.tables, True)
            self._truncate_log()
        except (apsw.Error, OSError, MemoryError) as error:
            self._break(error)
            self._refuse([request for request, _ in batch.results])
            return
        self._tell(batch.results, batch.head)
        if self._log_pages >= self._checkpoint_at:
            self._checkpoint()

    def _ready(self, group: list[Request]) -> Batch:
        self._load_keys(group)
        entries = iter(self._entered([draft for request in group for draft in request.drafts]))
        results: list[tuple[Request, Result]] = [
            (request, Appended(tuple(islice(entries, len(request.drafts))))) for request in group
        ]
        return Batch(self._tables(), results, (self._n, self._chain))

    def _write(self, group: list[Request]) -> None:
        """One transaction, from this thread, with all that needs the tables."""
        self._load_keys(group)
        results: list[Result] = [self._erase(*one.erase) if one.erase else self._append(one) for one in group]
        closing = group[-1].closing
        if self._sealer and self._n > self._seal_n and (closing or self._n - self._seal_n >= self._sealer.every):
            self._flush()
            since = max(self._seal_n, 1)
            self._seal_n = self._enter(self._sealer.draft(since, self._rows.chains(since), self._last_at)).n
        self._flush(commit=True)
        self._versions.clear()
        self._truncate_log()
        self._end_if_closing(group)
        self._tell(list(zip(group, results, strict=True)), (self._n, self._chain))
        if self._log_pages >= self._checkpoint_at and not closing:
            self._checkpoint()

    def _append(self, request: Request) -> Result:
        newer = self._newer(request.expected) if request.expected else ()
        if newer:
            return newer if isinstance(newer, LedgerError) else Moved(newer)
        return Appended(self._entered_seen(request.drafts))

    def _enter(self, draft: Draft) -> Entry:
        return self._entered_seen((draft,))[0]

    def _entered_seen(self, drafts: Sequence[Draft]) -> tuple[Entry, ...]:
        """Entered, and known as their subjects' newest to who expects a version in the same group."""
        entries = tuple(self._entered(drafts))
        self._versions.update((entry.subject, entry.n) for entry in entries if entry.subject)
        return entries

    def _entered(self, drafts: Sequence[Draft]) -> list[Entry]:
        """The drafts numbered, chained and encrypted."""
        entries = numbered_all(Entry, self._chain, self._n + 1, drafts, self._entropy(SALT * len(drafts)))
        keys = [self._key(draft.tenant, owner_of(draft.kind, draft.subject)) for draft in drafts]
        self._payloads += sealed_all(keys, entries, self._entropy(NONCE * len(drafts)))
        self._pending += entries
        if entries:
            self._n, self._chain, self._last_at = entries[-1].n, entries[-1].chain, entries[-1].at
        return entries

    def _flush(self, *, commit: bool = False) -> None:
        """Puts what was entered into the tables, in the group's transaction, which begins with it."""
        self._bulk.insert(self._tables(), commit)

    def _tables(self) -> list[tuple[str, list[Row]]]:
        """What was entered, as rows, and from then on no longer pending."""
        rows = [row_of(entry) for entry in self._pending]
        tables = [(INSERT_PERSON, self._persons), (INSERT_ENTRY, rows), (INSERT_PAYLOAD, self._payloads)]
        self._pending, self._payloads, self._persons = [], [], []
        return tables

    def _newer(self, expected: Mapping[bytes, int]) -> tuple[Entry, ...] | LedgerError:
        """Entries of these subjects after their versions, oldest first."""
        moved = set()
        if any(wider_id(subject) for subject in expected):
            self._flush()  # the pending are known by their person alone
        for subject, version in expected.items():
            newest = self._versions.get(subject) or self._rows.version(subject)
            if newest < version:
                return LedgerError(f"version {version} of a subject is ahead of the ledger ({newest}); load it anew")
            if newest > version:
                moved.add(subject)
        if not moved:
            return ()
        self._flush()
        found = {entry.n: entry for subject in moved for entry in self._all_after(expected[subject], subject)}
        return tuple(found[n] for n in sorted(found))

    def _all_after(self, after: int, subject: bytes) -> list[Entry]:
        found: list[Entry] = []
        while page := self._rows.page(found[-1].n if found else after, subject, (), PAGE):
            found += page
        return found

    def _erase(self, tenant: str, subject: bytes, at: int) -> int:
        self._flush()
        mine = "SELECT n FROM entry WHERE subject = ? AND subject <> x'' AND tenant = ? AND kind <> 'erased'"
        self._connection.execute(f"DELETE FROM payload WHERE n IN ({mine})", (subject, tenant))
        erased = self._connection.changes()
        self._connection.execute("DELETE FROM person WHERE tenant = ? AND subject = ?", (tenant, subject))
        self._keys.pop((tenant, subject), None)
        self._enter(Draft(at=at, tenant=tenant, kind="erased", subject=subject))
        self._truncate_due = True
        return erased

    def _load_keys(self, group: list[Request]) -> None:
        """Unwraps the keys that a group needs and that are kept, so that one not found in memory is one to be made."""
        if len(self._keys) >= MAX_KEYS:
            self._land()  # keys of persons under way to the disk are nowhere else
            self._keys.clear()
        wanted = {(draft.tenant, owner_of(draft.kind, draft.subject)) for request in group for draft in request.drafts}
        wanted |= {(request.erase[0], b"") for request in group if request.erase} | {("", b"")}  # "": of the seals
        missing = [owner for owner in wanted if owner not in self._keys]
        for place, person, wrapped in self._finder.find(FIND_PERSON, missing):
            self._keys[missing[place]] = person, self._vault.unwrap(wrapped, *missing[place])

    def _key(self, tenant: str, subject: bytes) -> tuple[int, AESGCM]:
        found = self._keys.get((tenant, subject))
        if found is None:
            key, wrapped = self._vault.new_key(tenant, subject)
            self._last_person += 1
            self._persons.append((self._last_person, tenant, subject, wrapped))
            found = self._keys[tenant, subject] = self._last_person, key
        return found

    def _count_log(self, connection: apsw.Connection, name: str, pages: int) -> int:
        if pages < self._log_pages:  # it began anew
            self._checkpoint_at = CHECKPOINT_PAGES
        self._log_pages = pages
        return apsw.SQLITE_OK

    def _checkpoint(self) -> None:
        """Writes the log into the file, as far as readers let it; it begins anew when none is left to read it. If that
        fails nothing is lost, the log has it all; but the disk is not to be trusted with more."""
        try:
            self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_PASSIVE)
        except (apsw.Error, OSError) as error:
            self._break(error)
        self._checkpoint_at = self._log_pages + CHECKPOINT_PAGES

    def _truncate_log(self) -> None:
        """After an erasure the log, too, must forget; while somebody reads, it is tried again with the next group."""
        if self._truncate_due:
            with contextlib.suppress(apsw.BusyError):
                self._connection.wal_checkpoint(mode=apsw.SQLITE_CHECKPOINT_TRUNCATE)
                self._truncate_due = False

    def _break(self, error: Exception) -> None:
        self.broken = f"{type(error).__name__}: {error}"
        with contextlib.suppress(apsw.Error):
            if self._connection.in_transaction:
                self._connection.execute("ROLLBACK")

    def _refuse(self, group: Sequence[Request]) -> None:
        self._tell([(request, LedgerError(refusal(self.broken))) for request in group], None)

    def _end_if_closing(self, group: list[Request]) -> None:
        """Closes the file before the one who asked for it is told. A file in doubt is left as it is, log and all."""
        if not group[-1].closing:
            return
        self._finder.close()
        self._finding.close()
        self._bulk.close()
        if self.broken:
            self._connection.config(apsw.SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1)
            with contextlib.suppress(apsw.Error):
                self._connection.close()
        else:
            self._connection.close()
