"""Black box over HTTP: a server that was started, on SQLite and on PostgreSQL."""
