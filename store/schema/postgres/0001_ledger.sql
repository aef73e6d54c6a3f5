-- The ledger on PostgreSQL. Tables are cut by person, so that many processes write in many places; the chain of hashes
-- is one, so the last step of every transaction, numbering and chaining, is one at a time (docs/decisions/0007).
-- The database knows no law: see append_batch in 0002.

-- One row: the last number and its chain; mark tells a wrong secret at once; sealed: the number of the newest seal.
create table head (
    only_row boolean primary key default true check (only_row),
    n bigint not null,
    chain bytea not null check (length(chain) = 32),
    sealed bigint not null default 0,
    mark bytea not null
) with (fillfactor = 10);

-- version: the number of the subject's newest entry, 0 if it has none.
create table subject (id bytea primary key, version bigint not null) partition by hash (id);

-- What opens a person's payloads, wrapped (store/identity.py). Subject empty: the tenant's own.
create table payload_key (
    subject bytea not null,
    tenant text not null,
    wrapped bytea not null,
    primary key (subject, tenant)
) partition by hash (subject);

-- Fields as in store/entry.py. event_attr, debts, address and creditor are 64 bits without sign there: here the same
-- bits. payload: salt and payload, encrypted; null once erased.
create table entry (
    n bigint not null,
    at bigint not null,
    tenant text not null,
    kind text not null,
    subject bytea not null,
    attempt text not null,
    event_at bigint not null,
    event_attr bigint not null,
    debts bigint[] not null,
    address bigint not null,
    creditor bigint not null,
    key text not null,
    payload bytea,
    digest bytea not null check (length(digest) = 32),
    chain bytea not null check (length(chain) = 32),
    primary key (subject, n)
) partition by hash (subject);
create index entry_by_number on entry (n);
create index entry_by_key on entry (tenant, key) where key <> '';
create index entry_erased on entry (tenant, subject, n) where kind = 'erased';

do $$
begin
    for part in 0..7 loop
        execute format('create table subject_%s partition of subject for values with (modulus 8, remainder %s)
            with (fillfactor = 60)', part, part);
        execute format('create table payload_key_%s partition of payload_key for values with (modulus 8, remainder %s)',
            part, part);
        execute format('create table entry_%s partition of entry for values with (modulus 8, remainder %s)',
            part, part);
        -- encrypted bytes do not shrink: do not try
        execute format('alter table entry_%s alter column payload set storage external', part);
    end loop;
end $$;

-- Entries are never changed: all that erasing may do is to take the payload.
create function never_changed() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and new.payload is null then
        new.payload := old.payload;
        if new = old then
            new.payload := null;
            return new;
        end if;
    end if;
    raise exception 'entry % of the ledger is never changed', old.n using errcode = 'restrict_violation';
end $$;
create trigger never_changed before update or delete on entry for each row execute function never_changed();
