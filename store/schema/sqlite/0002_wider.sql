-- Households, places of work and accounts that an entry names: keyed hashes, 0 not stated. Entries of before have none,
-- and the chain takes in the three only where one is stated, so it stays as it was.
ALTER TABLE entry ADD COLUMN household INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN workplace INTEGER NOT NULL DEFAULT 0;
ALTER TABLE entry ADD COLUMN account INTEGER NOT NULL DEFAULT 0;

CREATE INDEX entry_of_household ON entry (household) WHERE household <> 0;
CREATE INDEX entry_of_workplace ON entry (workplace) WHERE workplace <> 0;
CREATE INDEX entry_of_account ON entry (account) WHERE account <> 0;

-- For people: the ledger in words and hours.
DROP VIEW ledger;
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
       printf('%016x', household) AS household, printf('%016x', workplace) AS workplace,
       printf('%016x', account) AS account,
       EXISTS (SELECT 1 FROM payload WHERE payload.n = entry.n) AS has_payload, lower(hex(chain)) AS chain
  FROM entry;
