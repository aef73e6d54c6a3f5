"""Drafts as the database takes them, rows as entries again, and the persons' keys between the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cadencia.engine.words import Wider
from cadencia.store.entry import Draft, Entry, digest_of, plain_part
from cadencia.store.identity import NONCE, SALT, AlteredError, Entropy, Vault, owner_of, sealed, unsealed
from cadencia.store.ledger import LedgerError
from cadencia.store.wider import wider_id

#: (tenant, subject; empty for what lies under the tenant's own key)
Owner = tuple[str, bytes]
#: a record of PostgreSQL, by name
Row = Mapping[str, Any]
KEYS_KEPT = 200_000
_U32, _BITS, _SIGN = 1 << 32, 1 << 64, 1 << 63
_UNOPENED = "its payload does not open: it or its key was altered, or is of another secret"


class AlteredEntryError(LedgerError):
    """Entry `n` cannot be read back as any entry is written: compare with a backup."""

    def __init__(self, n: int, why: str = _UNOPENED) -> None:
        super().__init__(f"entry {n}: {why}; compare with a backup")
        self.n, self.why = n, why


class Key(msgspec.Struct, frozen=True):
    """What opens a person's payloads. fresh: made here, and not known to be in the ledger."""

    cipher: AESGCM
    wrapped: bytes
    fresh: bool


class Ready(msgspec.Struct, frozen=True):
    """A draft with everything but its number: `row` as the type `draft` of the schema, and what the entry will say."""

    draft: Draft
    owner: Owner
    key: Key
    salt: bytes
    digest: bytes
    row: tuple[object, ...]

    def entry(self, n: int, chain: bytes) -> Entry:
        """The entry that it became."""
        fields = {name: getattr(self.draft, name) for name in Draft.__struct_fields__}
        return Entry(n=n, salt=self.salt, digest=self.digest, chain=chain, **fields)


class Keyring:
    """The keys that this process has seen, at most KEYS_KEPT; which one is in force is for the database to say."""

    def __init__(self, vault: Vault, entropy: Entropy) -> None:
        self._vault, self._entropy = vault, entropy
        self._keys: dict[Owner, Key] = {}

    def unknown(self, drafts: Iterable[Draft]) -> list[Owner]:
        """Whose keys have to be asked for before these drafts can be encrypted."""
        owners = {(draft.tenant, owner_of(draft.kind, draft.subject)) for draft in drafts}
        return [owner for owner in owners if owner not in self._keys]

    def learn(self, owner: Owner, wrapped: bytes | None) -> None:
        """What the database says of a person's key; None: there is none, so the next draft makes one."""
        known = self._keys.pop(owner, None)
        if wrapped is None:
            return
        cipher = known.cipher if known and known.wrapped == wrapped else self._vault.unwrap(wrapped, *owner)
        self._keep(owner, Key(cipher, wrapped, False))

    def forget(self, owner: Owner) -> None:
        """The person was erased."""
        self._keys.pop(owner, None)

    def ready(self, draft: Draft) -> Ready:
        """The draft encrypted under its person's key, one made now if none is known."""
        owner = (draft.tenant, owner_of(draft.kind, draft.subject))
        key = self._keys.get(owner)
        if key is None:
            key = Key(*self._vault.new_key(*owner), True)
            self._keep(owner, key)
        random = self._entropy(SALT + NONCE)
        salt, digest = random[:SALT], digest_of(random[:SALT], draft.payload)
        row = (
            draft.at, draft.tenant, draft.kind, draft.subject, draft.attempt, draft.event_at, _signed(draft.event_attr),
            [_signed(debt) for debt in draft.debts], _signed(draft.address), _signed(draft.creditor), draft.key,
            sealed(key.cipher, _bound_to(digest), random[SALT:], salt, draft.payload), digest,
            key.wrapped, key.fresh, plain_part(draft), _signed(draft.household), _signed(draft.workplace),
            _signed(draft.account),
        )  # fmt: skip
        return Ready(draft, owner, key, salt, digest, row)

    def entry(self, row: Row, wrapped: bytes | None) -> Entry:
        """A row as an entry; without payload and salt once they are erased. AlteredEntryError if it does not open."""
        if row["at"] < 0 or not 0 <= row["event_at"] < _U32 or None in row["debts"]:
            raise AlteredEntryError(row["n"], "a number in it was altered, it is out of range")
        salt = payload = b""
        if row["payload"] is not None and wrapped is not None:
            try:
                cipher = self._opening((row["tenant"], owner_of(row["kind"], row["subject"])), wrapped)
                salt, payload = unsealed(cipher, _bound_to(row["digest"]), row["payload"])
            except AlteredError as error:
                raise AlteredEntryError(row["n"]) from error
        return Entry(
            n=row["n"], at=row["at"], tenant=row["tenant"], kind=row["kind"], subject=row["subject"],
            attempt=row["attempt"], event_at=row["event_at"], event_attr=row["event_attr"] % _BITS,
            debts=tuple(debt % _BITS for debt in row["debts"]), address=row["address"] % _BITS,
            creditor=row["creditor"] % _BITS, household=row["household"] % _BITS,
            workplace=row["workplace"] % _BITS, account=row["account"] % _BITS, key=row["key"], payload=payload,
            salt=salt, digest=row["digest"], chain=row["chain"],
        )  # fmt: skip

    def _opening(self, owner: Owner, wrapped: bytes) -> AESGCM:
        known = self._keys.get(owner)
        if known is None or known.wrapped != wrapped:
            self.learn(owner, wrapped)
            known = self._keys[owner]
        return known.cipher

    def _keep(self, owner: Owner, key: Key) -> None:
        if len(self._keys) >= KEYS_KEPT:
            self._keys.pop(next(iter(self._keys)))
        self._keys[owner] = key


def _bound_to(digest: bytes) -> int:
    """What a payload is bound to instead of its number, which nobody knows before the database gives it: its digest."""
    return int.from_bytes(digest[:8], "big")


def about(subject: bytes | None) -> tuple[str, object]:
    """What is true of the entries about a subject (None: of all), in terms of an entry `e` and $2; and what $2 is."""
    wider = None if subject is None else wider_id(subject)
    if wider is None:
        return ("$2::bytea is null" if subject is None else "e.subject = $2"), subject
    kind, id64 = wider
    names = "e.debts @> array[$2::bigint]" if kind is Wider.debt else f"e.{kind.name} = $2 and e.{kind.name} <> 0"
    return f"{names} and (e.event_at <> 0 or e.event_attr <> 0)", _signed(id64)


def _signed(value: int) -> int:
    return value - _BITS if value >= _SIGN else value
