-- Figures kept beside the records, so that asking for a year costs the same whatever lies in the archive.
--
-- Whatever changes what a record counts for says so in the same transaction, as a difference: appended, so that no
-- two writers wait for each other. A job folds the differences into sums. The figures are the sums and what is not
-- folded yet, read in one statement: at every moment they equal a recount of the records.

-- Eight buckets an octave: the middle of a bucket is at most 4.5 % away from any time in it. What took less than a
-- millisecond took one; what is not released took none. Not `strict`, so that it can be inlined.
create function release_bucket(filed timestamptz, released timestamptz) returns smallint
    language sql immutable parallel safe as
$$ select floor(8 / ln(2::float8) * ln(
    case when released < filed + interval '1 ms' then 1 else 1000 * date_part('epoch', released - filed) end
))::smallint $$;

-- What one statement changed: one row for each office and day that it touched, however many records it wrote.
create table statistics_deltas (
    office            text     not null,               -- the declaring office
    day               date     not null,               -- Shanghai: of acceptance; of payments: of settlement
    batches           bigint   not null default 0,
    anywhere          bigint   not null default 0,
    outside_catalogue bigint   not null default 0,
    selected          bigint   not null default 0,
    released          bigint   not null default 0,
    paid              bigint   not null default 0,
    paid_online       bigint   not null default 0,
    online_fen        bigint   not null default 0,
    -- How many batches took how long, for medians: histograms can be added, medians cannot. Only buckets that differ.
    release_buckets   smallint[] not null default '{}',
    release_batches   bigint[]   not null default '{}'
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
    release_buckets   smallint[] not null,
    release_batches   bigint[]   not null,
    primary key (span, first_day, office),
    constraint statistics_sums_histogram check (cardinality(release_buckets) = cardinality(release_batches))
) with (fillfactor = 80);

create function new_declarations_count() returns trigger language plpgsql as $$
begin
    insert into statistics_deltas (office, day, batches, anywhere, outside_catalogue, selected, released,
        release_buckets, release_batches)
    select office, day, sum(batches), sum(anywhere), sum(outside_catalogue), sum(selected),
        coalesce(sum(batches) filter (where bucket is not null), 0),
        coalesce(array_agg(bucket) filter (where bucket is not null), '{}'),
        coalesce(array_agg(batches) filter (where bucket is not null), '{}')
    from (
        select decl_org as office, (accepted_at at time zone 'Asia/Shanghai')::date as day,
            release_bucket(filed_at, released_at) as bucket, count(*) as batches,
            count(*) filter (where anywhere) as anywhere,
            count(*) filter (where kind = 'OUTSIDE_CATALOGUE') as outside_catalogue,
            count(*) filter (where is_selected) as selected
        from written where accepted_at is not null
        group by 1, 2, 3
    ) as alike
    group by 1, 2;
    return null;
end $$;

create function changed_declarations_count() returns trigger language plpgsql as $$
begin
    insert into statistics_deltas (office, day, batches, anywhere, outside_catalogue, selected, released,
        release_buckets, release_batches)
    select office, day, sum(batches), sum(anywhere), sum(outside_catalogue), sum(selected),
        coalesce(sum(batches) filter (where bucket is not null), 0),
        coalesce(array_agg(bucket) filter (where bucket is not null and batches <> 0), '{}'),
        coalesce(array_agg(batches) filter (where bucket is not null and batches <> 0), '{}')
    from (
        select decl_org as office, (accepted_at at time zone 'Asia/Shanghai')::date as day,
            release_bucket(filed_at, released_at) as bucket, sum(sign) as batches,
            sum(sign * anywhere::int) as anywhere,
            sum(sign * (kind = 'OUTSIDE_CATALOGUE')::int) as outside_catalogue,
            sum(sign * is_selected::int) as selected
        from (select -1 as sign, * from before union all select 1, * from written) as both_sides
        where accepted_at is not null
        group by 1, 2, 3
    ) as alike
    -- What was written and counts as before leaves nothing.
    where batches <> 0 or anywhere <> 0 or outside_catalogue <> 0 or selected <> 0
    group by 1, 2;
    return null;
end $$;

create trigger declarations_inserted_count after insert on declarations
    referencing new table as written
    for each statement execute function new_declarations_count();

create trigger declarations_updated_count after update on declarations
    referencing old table as before new table as written
    for each statement execute function changed_declarations_count();

-- A payment passes through many states and counts in one.
create function new_payments_count() returns trigger language plpgsql as $$
begin
    insert into statistics_deltas (office, day, paid, paid_online, online_fen)
    select n.decl_org, (p.settled_at at time zone 'Asia/Shanghai')::date, count(*),
        count(*) filter (where p.channel = 'EPAY'),
        coalesce(sum(p.amount_fen) filter (where p.channel = 'EPAY'), 0)
    from written p join fee_notices n on n.id = p.notice_id
    where p.state = 'SUCCESS' and p.settled_at is not null
    group by 1, 2;
    return null;
end $$;

create function changed_payments_count() returns trigger language plpgsql as $$
begin
    insert into statistics_deltas (office, day, paid, paid_online, online_fen)
    select n.decl_org, (p.settled_at at time zone 'Asia/Shanghai')::date, sum(sign),
        sum(sign * (p.channel = 'EPAY')::int), sum(sign * (p.channel = 'EPAY')::int * p.amount_fen)
    from (select -1 as sign, * from before union all select 1, * from written) as p
    join fee_notices n on n.id = p.notice_id
    where p.state = 'SUCCESS' and p.settled_at is not null
    group by 1, 2
    having sum(sign) <> 0 or sum(sign * (p.channel = 'EPAY')::int * p.amount_fen) <> 0;
    return null;
end $$;

create trigger payments_inserted_count after insert on payments
    referencing new table as written
    for each statement execute function new_payments_count();

create trigger payments_updated_count after update on payments
    referencing old table as before new table as written
    for each statement execute function changed_payments_count();

-- What was there before.
insert into statistics_deltas (office, day, batches, anywhere, outside_catalogue, selected, released,
    release_buckets, release_batches)
select office, day, sum(batches), sum(anywhere), sum(outside_catalogue), sum(selected),
    coalesce(sum(batches) filter (where bucket is not null), 0),
    coalesce(array_agg(bucket) filter (where bucket is not null), '{}'),
    coalesce(array_agg(batches) filter (where bucket is not null), '{}')
from (
    select decl_org as office, (accepted_at at time zone 'Asia/Shanghai')::date as day,
        release_bucket(filed_at, released_at) as bucket, count(*) as batches,
        count(*) filter (where anywhere) as anywhere,
        count(*) filter (where kind = 'OUTSIDE_CATALOGUE') as outside_catalogue,
        count(*) filter (where is_selected) as selected
    from declarations where accepted_at is not null
    group by 1, 2, 3
) as alike
group by 1, 2;

insert into statistics_deltas (office, day, paid, paid_online, online_fen)
select n.decl_org, (p.settled_at at time zone 'Asia/Shanghai')::date, count(*),
    count(*) filter (where p.channel = 'EPAY'),
    coalesce(sum(p.amount_fen) filter (where p.channel = 'EPAY'), 0)
from payments p join fee_notices n on n.id = p.notice_id
where p.state = 'SUCCESS' and p.settled_at is not null
group by 1, 2;
