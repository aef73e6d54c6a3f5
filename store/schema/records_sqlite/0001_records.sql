-- Documents and events beside the ledger; store/records.py says what they are.

-- n: of the tenant's newest write of a document; newest: of its newest event. Both only ever grow.
CREATE TABLE tenant (tenant TEXT PRIMARY KEY, n INTEGER NOT NULL, newest INTEGER NOT NULL) STRICT, WITHOUT ROWID;

CREATE TABLE document (
  tenant  TEXT NOT NULL,
  kind    TEXT NOT NULL,
  id      TEXT NOT NULL,
  n       INTEGER NOT NULL,        -- of the write that made it
  version INTEGER NOT NULL,        -- of the write that it is of
  at      INTEGER NOT NULL,        -- microseconds since 1970-01-01T00:00:00Z
  until   INTEGER,
  names   TEXT NOT NULL,           -- JSON; the same names as in the table
  body    BLOB NOT NULL,
  UNIQUE (tenant, kind, id)
) STRICT;
CREATE UNIQUE INDEX document_in_order ON document (tenant, kind, n);
CREATE INDEX document_until ON document (until) WHERE until IS NOT NULL;

CREATE TABLE name (
  tenant TEXT NOT NULL,
  kind   TEXT NOT NULL,
  name   TEXT NOT NULL,
  id     TEXT NOT NULL,
  PRIMARY KEY (tenant, kind, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE event (
  tenant TEXT NOT NULL,
  n      INTEGER NOT NULL,
  type   TEXT NOT NULL,
  at     INTEGER NOT NULL,
  body   BLOB NOT NULL,
  UNIQUE (tenant, n)
) STRICT;
CREATE INDEX event_at ON event (at);
