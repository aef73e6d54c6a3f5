-- Within which consortium persons are counted: its name, as the ledger was begun; empty where each tenant counts alone, as
-- in all ledgers of before.
alter table head add column consortium text not null default '';
