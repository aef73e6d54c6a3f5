-- The ledger, entry by entry. What is plain here is pseudonymous: subject, debts, address and creditor are keyed hashes.
-- What is personal lies in payload, encrypted under the person's key. Numbers of 64 bits are signed, as SQLite has them.

CREATE TABLE entry (
  n          INTEGER PRIMARY KEY,  -- 1, 2, 3 … without gaps
  at         INTEGER NOT NULL,     -- microseconds since 1970-01-01T00:00:00Z, when it was recorded
  tenant     TEXT NOT NULL,
  kind       TEXT NOT NULL,        -- the words of store/entry.py
  subject    BLOB NOT NULL,        -- 16 bytes; empty: about nobody
  attempt    TEXT NOT NULL,
  event_at   INTEGER NOT NULL,     -- seconds since 2000-01-01T00:00:00Z; 0: nothing is counted
  event_attr INTEGER NOT NULL,     -- the bits of engine/history.py
  debts      BLOB NOT NULL,        -- 8 bytes each, big-endian
  address    INTEGER NOT NULL,
  creditor   INTEGER NOT NULL,
  key        TEXT NOT NULL,        -- the caller's idempotency key
  digest     BLOB NOT NULL,        -- SHA-256 of salt and payload
  chain      BLOB NOT NULL         -- SHA-256 of the chain before, the plain part and the digest
) STRICT;

CREATE INDEX entry_of_subject ON entry (subject) WHERE subject <> x'';
CREATE INDEX entry_of_key ON entry (tenant, key) WHERE key <> '';

CREATE TRIGGER entry_stays BEFORE UPDATE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;
CREATE TRIGGER entry_remains BEFORE DELETE ON entry BEGIN SELECT RAISE(ABORT, 'the ledger is append-only'); END;

-- A person's key, wrapped under the secret. Ids are never used again, so a payload never finds the key of another.
CREATE TABLE person (
  id      INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant  TEXT NOT NULL,
  subject BLOB NOT NULL,           -- empty: the tenant's own key
  wrapped BLOB NOT NULL,
  UNIQUE (tenant, subject)
) STRICT;

CREATE TABLE payload (
  n      INTEGER PRIMARY KEY,      -- of the entry
  person INTEGER NOT NULL,         -- whose key it is under
  sealed BLOB NOT NULL             -- nonce, then AES-256-GCM of salt and payload
) STRICT;

-- mark: tells whether a secret is the one that the keys are wrapped under.
CREATE TABLE about (name TEXT PRIMARY KEY, value BLOB NOT NULL) STRICT;

-- For people: the ledger in words and hours.
CREATE VIEW ledger AS
SELECT n,
       strftime('%Y-%m-%d %H:%M:%f', at / 1000000.0, 'unixepoch') AS at_utc,
       tenant, kind, lower(hex(subject)) AS subject, attempt,
       CASE WHEN event_at > 0 THEN datetime(event_at + 946684800, 'unixepoch') END AS event_at_utc,
       CASE WHEN event_at > 0 THEN
         CASE event_attr & 7 WHEN 0 THEN 'call' WHEN 1 THEN 'voicemail' WHEN 2 THEN 'sms' WHEN 3 THEN 'whatsapp'
         WHEN 4 THEN 'email' WHEN 5 THEN 'letter' WHEN 6 THEN 'visit' END END AS channel,
       CASE WHEN event_at > 0 THEN
         CASE event_attr >> 3 & 15 WHEN 0 THEN 'pending' WHEN 1 THEN 'placed' WHEN 2 THEN 'no_answer' WHEN 3 THEN 'busy'
         WHEN 4 THEN 'machine' WHEN 5 THEN 'voicemail_left' WHEN 6 THEN 'message_delivered' WHEN 7 THEN 'conversation'
         WHEN 8 THEN 'right_party_contact' WHEN 9 THEN 'wrong_party' WHEN 10 THEN 'abandoned' WHEN 11 THEN 'inbound'
         WHEN 12 THEN 'refusal' WHEN 13 THEN 'promise' WHEN 15 THEN 'void' END END AS outcome,
       lower(hex(debts)) AS debts, printf('%016x', address) AS address, printf('%016x', creditor) AS creditor, key,
       EXISTS (SELECT 1 FROM payload WHERE payload.n = entry.n) AS has_payload, lower(hex(chain)) AS chain
  FROM entry;

-- For people: each attempt in one line, with the last thing that was said of it.
CREATE VIEW attempt AS
SELECT attempt, tenant, subject, min(at_utc) AS first_at_utc, max(n) AS n, kind AS last_kind, channel, outcome
  FROM ledger WHERE attempt <> '' GROUP BY tenant, attempt;
