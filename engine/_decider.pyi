from typing import Any

import numpy as np
from numpy.typing import NDArray

from cadencia.engine._histories import Histories

class Prepared:
    def __init__(self, contact: Any, debt: int, address: int, creditor: int, consented: bool) -> None: ...
    @property
    def attributes(self) -> int: ...
    @property
    def profile(self) -> int: ...
    @property
    def code(self) -> int: ...

def verdict(c: Prepared, h: Histories, subject: bytes, at: int, without: int = -1) -> tuple[int, int, int]: ...
def answered(
    c: Prepared, h: Histories, subject: bytes, at: int, want_retry: bool = True, only: int = ..., without: int = -1
) -> tuple[int, int, int, int, int]: ...
def reserve(c: Prepared, h: Histories, subject: bytes, at: int) -> tuple[int, int, int, int]: ...
def tallies(c: Prepared, h: Histories, subject: bytes, at: int) -> list[tuple[int, int, int]] | None: ...
def run(
    kernel: Any, h: Histories, columns: dict[str, Any], hours: Any, subjects: NDArray[np.uint8],
    debt: NDArray[np.uint64], address: NDArray[np.uint64], creditor: NDArray[np.uint64],
    consented: NDArray[np.uint8] | None, allowed: NDArray[np.uint8], code: NDArray[np.uint8],
    reasons: NDArray[np.uint64], sequence: NDArray[np.uint32] | None,
) -> None: ...  # fmt: skip
