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
-- extension, which not every PostgreSQL ships. The lock makes this trigger as strict: whoever writes into a book
-- waits for the others who do, and then sees what they wrote.)
create function reference_rows_do_not_overlap() returns trigger language plpgsql as $$
declare
    clash record;
begin
    perform pg_advisory_xact_lock(hashtextextended('reference ' || books.book, 0))
    from (select distinct book from written order by book) books;

    select other.book, other.key into clash
    from written
    join reference_rows other on other.book = written.book and other.key = written.key
        and other.id <> written.id
        and daterange(other.valid_from, other.valid_to, '[]')
            && daterange(written.valid_from, written.valid_to, '[]')
    limit 1;
    if found then
        raise exception '% % is already valid in that time', clash.book, clash.key
            using errcode = 'exclusion_violation', constraint = 'reference_rows_no_overlap';
    end if;
    return null;
end $$;

create trigger reference_rows_no_overlap_inserted after insert on reference_rows
    referencing new table as written
    for each statement execute function reference_rows_do_not_overlap();

create trigger reference_rows_no_overlap_updated after update on reference_rows
    referencing new table as written
    for each statement execute function reference_rows_do_not_overlap();

-- Bumped by every import; processes re-read the books when it moves.
create table reference_edition (
    only_row      boolean     primary key default true check (only_row),
    edition       bigint      not null default 0,
    changed_at    timestamptz
);
insert into reference_edition default values;
