-- Dated tables: codes, rates, factors, parameters. One shape for all, so that one importer serves all;
-- shared/src/reference/ gives each table its columns and its checks.

create table reference_rows (
    id            uuid        primary key,
    book          text        not null,                -- `countries`
    key           text        not null,                -- the natural key within the book
    valid_from    date        not null,
    valid_to      date,                                -- inclusive; null: open end
    data          jsonb       not null,
    loaded_at     timestamptz not null,
    constraint reference_rows_dates check (valid_to is null or valid_from <= valid_to),
    constraint reference_rows_key unique (book, key, valid_from)
);

-- No two rows of one key are valid on one day. (An exclusion constraint on text needs the btree_gist
-- extension, which not every PostgreSQL ships; the lock makes this trigger as strict.)
create function reference_rows_do_not_overlap() returns trigger language plpgsql as $$
begin
    perform pg_advisory_xact_lock(hashtextextended(new.book, 0));
    if exists (
        select 1 from reference_rows other
        where other.book = new.book and other.key = new.key and other.id <> new.id
          and daterange(other.valid_from, other.valid_to, '[]')
              && daterange(new.valid_from, new.valid_to, '[]')
    ) then
        raise exception '% % is already valid in that time', new.book, new.key
            using errcode = 'exclusion_violation', constraint = 'reference_rows_no_overlap';
    end if;
    return new;
end $$;

create constraint trigger reference_rows_no_overlap after insert or update on reference_rows
    deferrable initially deferred
    for each row execute function reference_rows_do_not_overlap();

-- Bumped by every import; processes re-read the books when it moves.
create table reference_edition (
    only_row      boolean     primary key default true check (only_row),
    edition       bigint      not null default 0,
    changed_at    timestamptz
);
insert into reference_edition default values;
