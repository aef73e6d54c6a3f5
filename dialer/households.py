"""Who was ever stated a member of which household, and what such a person brings along: a household's history is all
that its members ever had, in whatever order contacts and memberships become known. A move takes nothing away."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from cadencia.dialer.attempts import Looked
from cadencia.engine.history import ADDRESS, CREDITOR, DEBT, SAME_ATTEMPT, SAME_CREDITOR, SEQUENCE
from cadencia.store.entry import Draft

#: The bits that mark an event as a further debt of an attempt.
MORE = 1 << SAME_ATTEMPT | 1 << SAME_CREDITOR
#: The bits that are numbers of the person's own: slots and the attempt's number.
_OWN = (1 << SAME_ATTEMPT) - (1 << DEBT)
_BYTE, _FIVE = 255, 31


class Households:
    """Keyed hashes alone. known: of each person, as `frozen` gave it."""

    def __init__(self, known: Mapping[bytes, tuple[int, ...]] | None = None) -> None:
        self._of: dict[bytes, tuple[int, ...]] = {}
        self._members: dict[int, set[bytes]] = {}
        for person, households in (known or {}).items():
            for household in households:
                self.state(person, household)

    def of(self, person: bytes) -> tuple[int, ...]:
        """All of a person, the one that was stated last at the end."""
        return self._of.get(person, ())

    def members(self, household: int) -> Collection[bytes]:
        """Everybody who was ever stated one."""
        return self._members.get(household, ())

    def state(self, person: bytes, household: int) -> None:
        """The person is a member, and this is the household stated last."""
        others = tuple(one for one in self.of(person) if one != household)
        self._of[person] = (*others, household)
        self._members.setdefault(household, set()).add(person)

    def take_back(self, person: bytes, household: int) -> None:
        """The person was not a member after all."""
        self._of[person] = tuple(one for one in self.of(person) if one != household)
        self._members[household].discard(person)

    def frozen(self) -> dict[bytes, tuple[int, ...]]:
        """All that is known."""
        return {person: households for person, households in self._of.items() if households}


def attempts_of(histories: Looked, person: bytes) -> Iterator[Draft]:
    """Every attempt that the person's history holds, as an entry that counts the same."""
    at, attrs = histories.rows(person)
    debts, addresses, creditors = ((0, *names) for names in histories.names(person))
    attempts: dict[int, list[tuple[int, int]]] = {}
    for when, attr in zip(at.tolist(), attrs.tolist(), strict=True):
        attempts.setdefault(attr >> SEQUENCE & (1 << SAME_ATTEMPT - SEQUENCE) - 1, []).append((when, attr))
    for events in attempts.values():
        events.sort(key=lambda event: event[1] & MORE)
        when, attr = events[0]
        named = tuple(debts[one >> DEBT & _BYTE] for _, one in events)
        yield Draft(
            at=0, tenant="", kind="imported", subject=person, event_at=when, event_attr=attr & ~_OWN,
            debts=tuple(filter(None, named)), address=addresses[attr >> ADDRESS & _BYTE],
            creditor=creditors[attr >> CREDITOR & _FIVE],
        )  # fmt: skip
