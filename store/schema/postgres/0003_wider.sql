-- Households, places of work and accounts that an entry names: keyed hashes, 0 not stated. Entries of before have none,
-- and the chain takes in the three only where one is stated, so it stays as it was.
alter table entry
    add column household bigint not null default 0,
    add column workplace bigint not null default 0,
    add column account bigint not null default 0;
create index entry_by_household on entry (household, n) where household <> 0;
create index entry_by_workplace on entry (workplace, n) where workplace <> 0;
create index entry_by_account on entry (account, n) where account <> 0;
-- Of addresses and debts, which nearly every entry names, an index is made only where a rule counts for them:
-- store/postgres.py count_for.

alter type draft add attribute household bigint, add attribute workplace bigint, add attribute account bigint;

-- Whether 16 bytes are a subject wider than a person: engine/histories.py wider_subject.
create function is_wider(id bytea) returns boolean language sql immutable
as $$ select substr(id, 1, 6) = '\xff7769646572'::bytea $$;

-- The entries that count an event in the history of a wider subject, above a number.
create function wider_entries(id bytea, above bigint) returns setof entry language plpgsql
set plan_cache_mode = force_generic_plan set jit = off
as $$
declare
    hash constant bigint := ('x' || encode(substr(id, 9), 'hex'))::bit(64)::bigint;
begin
    case get_byte(id, 6)  -- engine/words.py Wider
    when 0 then
        return query select e.* from entry e where e.household = hash and e.household <> 0 and e.n > above
            and (e.event_at <> 0 or e.event_attr <> 0);
    when 1 then
        return query select e.* from entry e where e.workplace = hash and e.workplace <> 0 and e.n > above
            and (e.event_at <> 0 or e.event_attr <> 0);
    when 2 then
        return query select e.* from entry e where e.address = hash and e.address <> 0 and e.n > above
            and (e.event_at <> 0 or e.event_attr <> 0);
    when 3 then
        return query select e.* from entry e where e.debts @> array[hash] and e.n > above
            and (e.event_at <> 0 or e.event_attr <> 0);
    when 4 then
        return query select e.* from entry e where e.account = hash and e.account <> 0 and e.n > above
            and (e.event_at <> 0 or e.event_attr <> 0);
    end case;
end $$;

drop function append_batch(bytea[], int[], int[], bigint[], int[], int[], draft[]);

-- Many members in one transaction; a member that moved appends nothing and does not fail the others.
--
-- touched: the subjects of all members, ascending, each once. Checks: member check_member expects that subject
-- touched[check_spot] has no entry above check_version. Drafts: draft_member ascending, as are check_member;
-- draft_spot is the place of the draft's subject in touched, 0 if it is about nobody.
--
-- wider: subjects wider than a person that a member expects versions of, ascending, each once; their spots go on behind
-- touched. wider_least: the least version of each that is expected. bump_draft, bump_spot: which of them each draft
-- counts in, bump_draft ascending. They have no row to lock: whoever expects a version of one takes the lock of the
-- head before it looks, and so nothing can be appended in between, also by those who expect nothing of it.
--
-- Answers rows, told apart by `what`:
--   appended  place: of the draft; n, chain
--   moved     place: of the member; nothing of it was appended
--   newer     newer: an entry that a moved member did not know of, each once, ascending; wrapped: its key
--   ahead     place: of a member that expects a version which its subject has not reached; nothing of it was appended
--   rekeyed   place: of a draft whose key is not the one in force; wrapped: that one, null if the person has none.
--             Nothing of its member was appended
create function append_batch(
    touched bytea[], check_member int[], check_spot int[], check_version bigint[],
    draft_member int[], draft_spot int[], drafts draft[],
    wider bytea[], wider_least bigint[], bump_draft int[], bump_spot int[]
) returns table (what text, place int, n bigint, chain bytea, newer entry, wrapped bytea) language plpgsql
set plan_cache_mode = force_generic_plan set jit = off
set enable_seqscan = off set enable_hashjoin = off set enable_mergejoin = off
as $$
#variable_conflict use_column
declare
    spots constant int := cardinality(touched);
    checks constant int := cardinality(check_member);
    count constant int := cardinality(drafts);
    members constant int := greatest(check_member[checks], draft_member[count], 0);
    versions bigint[];
    bumped boolean[] := array_fill(false, array[spots + cardinality(wider)]);  -- by a member before, in this batch
    newest bigint[] := array_fill(null::bigint, array[spots]);
    keys bytea[];
    numbers bigint[] := array_fill(null::bigint, array[count]);
    chains bytea[] := array_fill(null::bytea, array[count]);
    kept int[] := '{}';
    moved int[] := '{}';
    here boolean;  -- this member has moved
    ahead boolean;  -- it expects more than there is
    opens boolean;  -- its keys are in force
    c int := 1;
    d int := 1;
    b int := 1;
    first int;
    last bigint;
    link bytea;
begin
    -- 1. Lock, always ascending, so that no two batches wait for each other; new subjects first.
    insert into subject (id, version)
        select t.id, 0 from unnest(touched) with ordinality t (id, spot)
        where not exists (select from subject s where s.id = t.id) order by t.spot
        on conflict do nothing;
    select array_agg(s.version order by t.spot) into versions
        from (select id, spot from unnest(touched) with ordinality u (id, spot) order by spot) t
        cross join lateral (select s.version from subject s where s.id = t.id for update) s;

    -- 2. The keys in force, now that nobody can erase these persons.
    insert into payload_key (subject, tenant, wrapped)
        select distinct on (1, 2) case d.kind when 'erased' then '' else d.subject end, d.tenant, d.wrapped
        from unnest(drafts) d where d.fresh order by 1, 2
        on conflict do nothing;
    select array_agg(k.wrapped order by d.ordinality) into keys
        from unnest(drafts) with ordinality d
        left join lateral (select k.wrapped from payload_key k where k.tenant = d.tenant
            and k.subject = case d.kind when 'erased' then '' else d.subject end) k on true;

    -- Versions of wider subjects, under the lock that all who append take: of each what is at least the least expected.
    if wider <> '{}' then
        perform pg_advisory_xact_lock('head'::regclass::oid::bigint);
        select versions || array_agg(coalesce((select max(w.n) from wider_entries(t.id, t.least - 1) w), 0) order by t.spot)
            into versions from unnest(wider, wider_least) with ordinality t (id, least, spot);
    end if;

    -- 3. Member by member: does everything that it expects hold, after the members before it?
    for member in 1..members loop
        here := false;
        ahead := false;
        opens := true;
        while c <= checks and check_member[c] = member loop
            here := here or bumped[check_spot[c]] or versions[check_spot[c]] > check_version[c];
            ahead := ahead or versions[check_spot[c]] < check_version[c];
            c := c + 1;
        end loop;
        first := d;
        while d <= count and draft_member[d] = member loop
            if keys[d] is distinct from (drafts[d]).wrapped then
                opens := false;
                what := 'rekeyed'; place := d; wrapped := keys[d];
                return next;
            end if;
            d := d + 1;
        end loop;
        if ahead then
            what := 'ahead'; place := member; wrapped := null;
            return next;
        elsif here then
            moved := moved || member;
            what := 'moved'; place := member; wrapped := null;
            return next;
        elsif opens then
            for i in first..d - 1 loop
                kept := kept || i;
                if draft_spot[i] > 0 then
                    bumped[draft_spot[i]] := true;
                end if;
                while bump_draft[b] <= i loop
                    if bump_draft[b] = i then
                        bumped[bump_spot[b]] := true;
                    end if;
                    b := b + 1;
                end loop;
            end loop;
        end if;
    end loop;

    -- 4. Number and chain: from here until it is on disk, one transaction of this ledger at a time.
    if kept <> '{}' then
        perform pg_advisory_xact_lock('head'::regclass::oid::bigint);
        select h.n, h.chain into strict last, link from head h;
        foreach d in array kept loop
            last := last + 1;
            link := sha256(link || int8send(last) || (drafts[d]).plain || (drafts[d]).digest);
            numbers[d] := last;
            chains[d] := link;
            if draft_spot[d] > 0 then
                newest[draft_spot[d]] := last;
            end if;
            what := 'appended'; place := d; n := last; chain := link; wrapped := null;
            return next;
        end loop;
        insert into entry (n, at, tenant, kind, subject, attempt, event_at, event_attr, debts, address, creditor, key,
                payload, digest, chain, household, workplace, account)
            select x.number, x.at, x.tenant, x.kind, x.subject, x.attempt, x.event_at, x.event_attr, x.debts, x.address,
                x.creditor, x.key, x.payload, x.digest, x.link, x.household, x.workplace, x.account
            from rows from (unnest(drafts), unnest(numbers), unnest(chains)) x (
                at, tenant, kind, subject, attempt, event_at, event_attr, debts, address, creditor, key, payload,
                digest, wrapped, fresh, plain, household, workplace, account, number, link)
            where x.number is not null;
        update subject s set version = t.version from unnest(touched, newest) t (id, version)
            where s.id = t.id and t.version is not null;
        update head set n = last, chain = link;
    end if;

    -- 5. What those who moved did not know, this batch's own entries included.
    if moved <> '{}' then
        return query
            with c as (
                select spot, min(version) as version
                from unnest(check_member, check_spot, check_version) x (member, spot, version)
                where member = any (moved) group by spot)
            select 'newer', null::int, null::bigint, null::bytea, e.whole, k.wrapped
            from (select distinct on ((u.whole).n) u.whole
                  from (select e as whole from c join entry e on e.subject = touched[c.spot] and e.n > c.version
                        union all
                        select w from c cross join lateral wider_entries(wider[c.spot - spots], c.version) w
                        where c.spot > spots) u
                  order by (u.whole).n) e
            left join payload_key k on k.tenant = (e.whole).tenant
                and k.subject = case (e.whole).kind when 'erased' then '' else (e.whole).subject end
            order by (e.whole).n;
    end if;
end $$;

-- One reservation by itself: appends the entries only if no subject, of a person or a wider one, has an entry above its
-- version (null: whatever it is).
create or replace function append_if(subjects bytea[], versions bigint[], entries draft[])
returns table (what text, place int, n bigint, chain bytea, newer entry, wrapped bytea) language plpgsql
set jit = off
as $$
declare
    touched constant bytea[] := array(
        select s from unnest(subjects) s where not is_wider(s) union select d.subject from unnest(entries) d
        where d.subject <> '' order by 1);
    wider constant bytea[] := array(
        select distinct x.s from unnest(subjects, versions) x (s, v)
        where is_wider(x.s) and x.v is not null order by 1);
    everyone constant bytea[] := touched || wider;
begin
    return query select b.* from append_batch(
        touched,
        array(select 1 from unnest(versions) v where v is not null),
        array(select array_position(everyone, x.s) from unnest(subjects, versions) with ordinality x (s, v, place)
              where x.v is not null order by x.place),
        array_remove(versions, null),
        array_fill(1, array[cardinality(entries)]),
        array(select coalesce(array_position(touched, e.subject), 0) from unnest(entries) with ordinality e
              order by e.ordinality),
        entries,
        wider,
        array(select min(x.v) from unnest(subjects, versions) x (s, v) where is_wider(x.s) and x.v is not null
              group by x.s order by x.s),
        '{}', '{}') b;
end $$;
