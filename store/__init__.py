"""Remembers: the append-only ledger of attempts, decisions and facts, on SQLite, PostgreSQL or in memory."""
