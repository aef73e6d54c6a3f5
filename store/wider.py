"""Subjects wider than a person: a household, a place of work, an address, a debt or an account, whoever was contacted.

An entry of one person also counts in the histories of those that it names. The ledger keeps no list of them beside the
entry: its ids say which they are."""

from __future__ import annotations

from collections.abc import Collection

from cadencia.engine.histories import wider_subject
from cadencia.engine.words import Wider
from cadencia.store.entry import Draft

_EVERY = frozenset(Wider)
_HEAD, _ID = slice(0, 8), slice(8, 16)
_KINDS = {wider_subject(kind, 1)[_HEAD]: kind for kind in Wider}


def wider_subjects(draft: Draft, kinds: Collection[Wider] = _EVERY) -> tuple[bytes, ...]:
    """The subjects of these kinds in whose histories an entry's event counts, sorted; none when it counts nothing."""
    if not kinds or not (draft.event_at or draft.event_attr):
        return ()
    return subjects_of(kinds, draft.household, draft.workplace, draft.address, draft.debts, draft.account)


def subjects_of(
    kinds: Collection[Wider], household: int, workplace: int, address: int, debts: Collection[int], account: int
) -> tuple[bytes, ...]:
    """The same of keyed hashes, 0 not stated."""
    if not kinds:
        return ()
    stated = ((Wider.household, household), (Wider.workplace, workplace), (Wider.address, address),
              (Wider.account, account), *((Wider.debt, debt) for debt in debts))  # fmt: skip
    return tuple(sorted({wider_subject(kind, id64) for kind, id64 in stated if id64 and kind in kinds}))


def wider_id(subject: bytes) -> tuple[Wider, int] | None:
    """The kind of a wider subject and its keyed hash; None for a person's."""
    kind = _KINDS.get(subject[_HEAD])
    return None if kind is None else (kind, int.from_bytes(subject[_ID], "big"))
