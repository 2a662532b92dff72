-- Figures kept beside the records, so that asking for a year costs the same whatever lies in the archive.
--
-- Whatever changes what a record counts for says so in the same transaction, as a difference: appended, so that no
-- two writers wait for each other. A job folds the differences into sums. The figures are the sums and what is not
-- folded yet, read in one statement: at every moment they equal a recount of the records.

-- Sixteen buckets an octave: the middle of a bucket is at most 2.2 % away from any time in it.
create function release_bucket(filed timestamptz, released timestamptz) returns smallint
    language sql immutable strict parallel safe as
$$ select floor(16 * ln(greatest(1000 * extract(epoch from released - filed), 1)::float8) / ln(2::float8))::smallint $$;

create table statistics_deltas (
    office            text     not null,               -- the declaring office
    day               date     not null,               -- Shanghai: of acceptance; of payments: of settlement
    release_bucket    smallint,                        -- of released batches: how long they took
    batches           bigint   not null default 0,
    anywhere          bigint   not null default 0,
    outside_catalogue bigint   not null default 0,
    selected          bigint   not null default 0,
    paid              bigint   not null default 0,
    paid_online       bigint   not null default 0,
    online_fen        bigint   not null default 0
) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);

-- One row for each day, month and year of an office: a period is made of few of them.
create table statistics_sums (
    span              text     not null
        constraint statistics_sums_span check (span in ('DAY', 'MONTH', 'YEAR')),
    first_day         date     not null,
    office            text     not null,
    batches           bigint   not null,
    anywhere          bigint   not null,
    outside_catalogue bigint   not null,
    selected          bigint   not null,
    released          bigint   not null,
    paid              bigint   not null,
    paid_online       bigint   not null,
    online_fen        bigint   not null,
    primary key (span, first_day, office)
) with (fillfactor = 80);

-- How many batches took how long, for medians: histograms can be added, medians cannot.
create table statistics_release_times (
    span              text     not null
        constraint statistics_release_times_span check (span in ('DAY', 'MONTH', 'YEAR')),
    first_day         date     not null,
    office            text     not null,
    bucket            smallint not null,
    batches           bigint   not null,
    primary key (span, first_day, office, bucket)
) with (fillfactor = 80);

-- A statement may write many: they are counted together.
create function new_declarations_count() returns trigger language plpgsql as $$
begin
    insert into statistics_deltas
        (office, day, release_bucket, batches, anywhere, outside_catalogue, selected)
    select decl_org, (accepted_at at time zone 'Asia/Shanghai')::date, release_bucket(filed_at, released_at),
        count(*), count(*) filter (where anywhere),
        count(*) filter (where kind = 'OUTSIDE_CATALOGUE'), count(*) filter (where is_selected)
    from written where accepted_at is not null
    group by 1, 2, 3;
    return null;
end $$;

create function changed_declarations_count() returns trigger language plpgsql as $$
begin
    insert into statistics_deltas
        (office, day, release_bucket, batches, anywhere, outside_catalogue, selected)
    select decl_org, (accepted_at at time zone 'Asia/Shanghai')::date, release_bucket(filed_at, released_at),
        sum(sign), sum(sign * anywhere::int), sum(sign * (kind = 'OUTSIDE_CATALOGUE')::int),
        sum(sign * is_selected::int)
    from (select -1 as sign, * from before union all select 1, * from written) as changed
    where accepted_at is not null
    group by 1, 2, 3
    having sum(sign) <> 0 or sum(sign * anywhere::int) <> 0
        or sum(sign * (kind = 'OUTSIDE_CATALOGUE')::int) <> 0 or sum(sign * is_selected::int) <> 0;
    return null;
end $$;

create trigger declarations_inserted_count after insert on declarations
    referencing new table as written
    for each statement execute function new_declarations_count();

create trigger declarations_updated_count after update on declarations
    referencing old table as before new table as written
    for each statement execute function changed_declarations_count();

-- A payment passes through many states and counts in one: looked at only where it enters or leaves that.
create function successful_payments_count() returns trigger language plpgsql as $$
begin
    if tg_op = 'UPDATE' and old.state = 'SUCCESS' then
        insert into statistics_deltas (office, day, paid, paid_online, online_fen)
        select n.decl_org, (old.settled_at at time zone 'Asia/Shanghai')::date, -1,
            -(old.channel = 'EPAY')::int, -(old.channel = 'EPAY')::int * old.amount_fen
        from fee_notices n where n.id = old.notice_id and old.settled_at is not null;
    end if;
    if new.state = 'SUCCESS' then
        insert into statistics_deltas (office, day, paid, paid_online, online_fen)
        select n.decl_org, (new.settled_at at time zone 'Asia/Shanghai')::date, 1,
            (new.channel = 'EPAY')::int, (new.channel = 'EPAY')::int * new.amount_fen
        from fee_notices n where n.id = new.notice_id and new.settled_at is not null;
    end if;
    return null;
end $$;

create trigger payments_inserted_count after insert on payments
    for each row when (new.state = 'SUCCESS') execute function successful_payments_count();

create trigger payments_updated_count after update on payments
    for each row when (old.state = 'SUCCESS' or new.state = 'SUCCESS')
    execute function successful_payments_count();

-- What was there before.
insert into statistics_deltas (office, day, release_bucket, batches, anywhere, outside_catalogue, selected)
select decl_org, (accepted_at at time zone 'Asia/Shanghai')::date, release_bucket(filed_at, released_at),
    count(*), count(*) filter (where anywhere),
    count(*) filter (where kind = 'OUTSIDE_CATALOGUE'), count(*) filter (where is_selected)
from declarations where accepted_at is not null
group by 1, 2, 3;

insert into statistics_deltas (office, day, paid, paid_online, online_fen)
select n.decl_org, (p.settled_at at time zone 'Asia/Shanghai')::date, count(*),
    count(*) filter (where p.channel = 'EPAY'),
    coalesce(sum(p.amount_fen) filter (where p.channel = 'EPAY'), 0)
from payments p join fee_notices n on n.id = p.notice_id
where p.state = 'SUCCESS' and p.settled_at is not null
group by 1, 2;
