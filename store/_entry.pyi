from collections.abc import Sequence, Set

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from cadencia.store.entry import Draft, Entry

def plain_part(draft: Draft) -> bytes: ...
def chained(previous: bytes, n: int, draft: Draft, digest: bytes) -> bytes: ...
def numbered_all(
    kind: type[Entry], previous: bytes, n: int, drafts: Sequence[Draft], salts: bytes
) -> list[Entry]: ...  # fmt: skip
def sealed_all(
    keys: list[tuple[int, AESGCM]], entries: list[Entry], nonces: bytes
) -> list[tuple[int, int, bytes]]: ...  # fmt: skip
def sound(draft: Draft, kinds: Set[str], max_text: int, max_debts: int, max_payload: int, slots: int) -> bool: ...
