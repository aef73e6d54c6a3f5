"""What asyncpg raises when a server goes away becomes an error of the ledger."""

from __future__ import annotations

import asyncpg
import pytest

from cadencia.store.ledger import LedgerError
from cadencia.store.postgres_schema import said_plainly


@pytest.mark.parametrize(
    "lost",
    [
        ConnectionResetError("peer"), TimeoutError(), asyncpg.InterfaceError("connection is closed"),
        asyncpg.InternalClientError("cannot switch to state 12; another operation (2) is in progress"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    ],
)  # fmt: skip
def test_a_lost_server_is_said_plainly(lost: Exception) -> None:
    said = rf"PostgreSQL was lost while reading \({type(lost).__name__}\)"
    with pytest.raises(LedgerError, match=said), said_plainly("reading"):
        raise lost
