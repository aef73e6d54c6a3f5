-- Documents and events beside the ledger; store/records.py says what they are. All who write of one tenant do it one
-- after the other, under the lock of its row: so numbers have no gaps and no reader sees a later one before an earlier.

-- n: of the tenant's newest write of a document; newest: of its newest event. Both only ever grow.
create table tenant (
    tenant text collate "C" primary key,
    n bigint not null default 0,
    newest bigint not null default 0
) with (fillfactor = 60);

-- n: of the write that made it; version: of the write that it is of. at, until: microseconds since 1970.
create table document (
    tenant text collate "C" not null,
    kind text collate "C" not null,
    id text collate "C" not null,
    n bigint not null,
    version bigint not null,
    body bytea not null,
    at bigint not null,
    until bigint,
    names text[] not null,  -- the same as in the table
    primary key (tenant, kind, id)
);
-- always true, and said by who asks for an order alone: who asks for one id never reads a whole kind by this index
create unique index document_in_order on document (tenant, kind, n) where n > 0;
create index document_until on document (until) where until is not null;

create table name (
    tenant text collate "C" not null,
    kind text collate "C" not null,
    name text collate "C" not null,
    id text collate "C" not null,
    primary key (tenant, kind, name)
);

create table event (
    tenant text collate "C" not null,
    n bigint not null,
    type text not null,
    at bigint not null,
    body bytea not null,
    primary key (tenant, n)
);
create index event_at on event (at);

-- member: the place of its write in the group, from 1. body: null drops. expected: null whatever there is.
create type change as (
    member int, kind text, id text, body bytea, expected bigint, names text[], until bigint
);
create type new_event as (member int, type text, body bytea);

-- The functions that others call plan their steps once, for tables of any size, and always by index: planned while a
-- table is empty they would read all of it for ever.

-- Takes a document and its names away.
create function gone(ended document) returns void language plpgsql as $$
begin
    if ended.names <> '{}' then
        delete from name n
            where n.tenant = ended.tenant and n.kind = ended.kind and n.name = any (ended.names);
    end if;
    delete from document d where d.tenant = ended.tenant and d.kind = ended.kind and d.id = ended.id;
end $$;

-- The document; one that has ended at that instant is taken away.
create function present(wanted_tenant text, wanted_kind text, wanted_id text, instant bigint) returns document
language plpgsql as $$
declare
    found_one document;
begin
    select d.* into found_one from document d
        where d.tenant = wanted_tenant and d.kind = wanted_kind and d.id = wanted_id;
    if found_one.until <= instant then
        perform gone(found_one);
        return null;
    end if;
    return found_one;
end $$;

-- Writes in one transaction, in their order; one that clashes leaves nothing and does not fail the others.
--
-- touched: the tenants, each once. spots, ats, claims: for each member the place of its tenant in touched, its instant,
-- and whether its one change makes a document or finds the one that there is. changes and events are ascending by
-- member.
--
-- Answers a row for each member: versions of its changes, 0 of a drop; of a claim the document, and in versions whether
-- it was made (its version) or found (0). Of a clash: which change, from 1, the version that its document has, and the
-- name if one is taken. newest: the tenant's newest event.
create function write_group(
    touched text[], spots int[], ats bigint[], claims boolean[], changes change[], events new_event[]
) returns table (
    versions bigint[], claimed document, clash int, clash_version bigint, clash_name text, newest bigint
) language plpgsql
set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
    many constant int := cardinality(changes);
    numbers bigint[];  -- of each tenant: its newest write, and below its newest event
    newests bigint[];
    whose text;
    c int := 1;
    e int := 1;
    first int;
    doing change;
    had document;
    holder document;
    wanted text;
    number bigint;
begin
    insert into tenant (tenant) select x.t from unnest(touched) x (t)
        where not exists (select from tenant t where t.tenant = x.t) order by 1 on conflict do nothing;
    perform from tenant t where t.tenant = any (touched) order by t.tenant for update;
    select array_agg(t.n order by x.spot), array_agg(t.newest order by x.spot) into strict numbers, newests
        from unnest(touched) with ordinality x (t, spot) join tenant t on t.tenant = x.t;

    for member in 1..cardinality(spots) loop
        whose := touched[spots[member]];
        number := numbers[spots[member]];
        newest := newests[spots[member]];
        versions := '{}';
        claimed := null;
        clash := null; clash_version := null; clash_name := null;
        first := c;
        begin
            while c <= many and (changes[c]).member = member loop
                doing := changes[c];
                had := present(whose, doing.kind, doing.id, ats[member]);
                if claims[member] and had.version is not null then
                    claimed := had;
                    versions := versions || 0::bigint;
                    c := c + 1;
                    continue;
                end if;
                if doing.expected <> coalesce(had.version, 0) then
                    clash := c - first + 1; clash_version := coalesce(had.version, 0);
                    raise exception using errcode = 'RC001';
                end if;
                if had.version is not null and (doing.body is null or had.names <> '{}') then
                    perform gone(had);
                end if;
                if doing.body is not null then
                    foreach wanted in array doing.names loop
                        select d.* into holder from name n join document d using (tenant, kind, id)
                            where n.tenant = whose and n.kind = doing.kind and n.name = wanted;
                        if holder.until <= ats[member] then
                            perform gone(holder);
                        elsif holder.version is not null then
                            clash := c - first + 1; clash_version := coalesce(had.version, 0); clash_name := wanted;
                            raise exception using errcode = 'RC001';
                        end if;
                        insert into name (tenant, kind, name, id) values (whose, doing.kind, wanted, doing.id);
                    end loop;
                    number := number + 1;
                    insert into document as d (tenant, kind, id, n, version, body, at, until, names)
                        values (whose, doing.kind, doing.id, coalesce(had.n, number), number, doing.body,
                            ats[member], doing.until, doing.names)
                        on conflict (tenant, kind, id) do update set version = excluded.version, body = excluded.body,
                            at = excluded.at, until = excluded.until, names = excluded.names
                        returning d.* into claimed;
                end if;
                versions := versions || case when doing.body is null then 0 else number end;
                c := c + 1;
            end loop;
            while e <= cardinality(events) and (events[e]).member = member loop
                newest := newest + 1;
                insert into event (tenant, n, type, at, body)
                    values (whose, newest, (events[e]).type, ats[member], (events[e]).body);
                e := e + 1;
            end loop;
            numbers[spots[member]] := number;
            newests[spots[member]] := newest;
        exception when sqlstate 'RC001' then
            while c <= many and (changes[c]).member = member loop
                c := c + 1;
            end loop;
            while e <= cardinality(events) and (events[e]).member = member loop
                e := e + 1;
            end loop;
        end;
        if not claims[member] then
            claimed := null;
        end if;
        return next;
    end loop;
    update tenant t set n = x.n, newest = x.newest
        from unnest(touched, numbers, newests) x (tenant, n, newest) where t.tenant = x.tenant;
end $$;

-- Takes away some documents that have ended and some old events, at most so many of each; how many.
create function sweep(upto bigint, events_before bigint, most int) returns int language plpgsql
set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
declare
    tenants text[];
    kinds text[];
    ids text[];
    swept int;
    more int;
begin
    select array_agg(x.tenant), array_agg(x.kind), array_agg(x.id) into tenants, kinds, ids from (
        select d.tenant, d.kind, d.id from document d where d.until <= upto order by d.until limit most) x;
    perform from tenant t where t.tenant = any (tenants) order by t.tenant for update;
    delete from name n using unnest(tenants, kinds, ids) k (tenant, kind, id) join document d using (tenant, kind, id)
        where d.until <= upto and n.tenant = d.tenant and n.kind = d.kind and n.name = any (d.names);
    delete from document d using unnest(tenants, kinds, ids) k (tenant, kind, id)
        where d.tenant = k.tenant and d.kind = k.kind and d.id = k.id and d.until <= upto;
    get diagnostics swept = row_count;
    delete from event where ctid in (
        select ctid from event where at < events_before order by at limit most for update skip locked);
    get diagnostics more = row_count;
    return swept + more;
end $$;
