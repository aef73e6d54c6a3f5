from collections.abc import Sequence

import apsw

class Bulk:
    def __init__(self, connection: apsw.Connection) -> None: ...
    def insert(
        self, tables: Sequence[tuple[str, Sequence[tuple[int | str | bytes, ...]]]], commit: bool
    ) -> None: ...  # fmt: skip
    def find(self, sql: str, keys: Sequence[tuple[int | str | bytes, ...]]) -> list[tuple[int, int, bytes]]: ...
    def close(self) -> None: ...
