-- Within which consortium persons are counted: its name, as the ledger was begun; empty where each tenant counts alone, as
-- in all files of before. Programs of before would deal other subjects, and may not write here any more.
INSERT INTO about VALUES ('consortium', x'');
