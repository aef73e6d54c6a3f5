from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadencia.engine._histories import Histories

#: Attempts, each a subject and its number there.
_Attempts = tuple[tuple[bytes, int], ...]

class Prepared:
    def __init__(
        self, contact: Any, debt: int, address: int, creditor: int, household: int, workplace: int, account: int,
        consented: bool,
    ) -> None: ...  # fmt: skip
    @property
    def attributes(self) -> int: ...
    @property
    def profile(self) -> int: ...
    @property
    def code(self) -> int: ...

def verdict(c: Prepared, h: Histories, subject: bytes, at: int, without: _Attempts = ()) -> tuple[int, int, int]: ...
def answered(
    c: Prepared, h: Histories, subject: bytes, at: int, want_retry: bool = True, only: int = ...,
    without: _Attempts = (),
) -> tuple[int, int, int, int, int]: ...  # fmt: skip
def reserve(c: Prepared, h: Histories, subject: bytes, at: int) -> tuple[int, int, int, int, _Attempts]: ...
def tallies(c: Prepared, h: Histories, subject: bytes, at: int) -> list[tuple[int, int, int, int]] | None: ...
def run(
    kernel: Any, h: Histories, columns: dict[str, Any], hours: Any, subjects: NDArray[np.uint8],
    debt: NDArray[np.uint64], address: NDArray[np.uint64], creditor: NDArray[np.uint64],
    wider: tuple[NDArray[np.uint64] | None, ...],
    consented: NDArray[np.uint8] | None, allowed: NDArray[np.uint8], code: NDArray[np.uint8],
    reasons: NDArray[np.uint64], sequence: NDArray[np.uint32] | None, wide: NDArray[np.uint32] | None,
) -> None: ...  # fmt: skip
