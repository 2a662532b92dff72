-- The bank's day (对账): its statement, what does not agree, who explained it and who approved, and the day's closing.

create table bank_days (
    bank_code      text        not null,
    day            date        not null,               -- of Shanghai, by the bank's own time
    state          text        not null constraint bank_days_state check (state in ('OPEN', 'CLOSED')),
    source         text        not null constraint bank_days_source check (source in ('FETCHED', 'UPLOADED')),
    digest         text        not null,               -- SHA-256 of the statement as it came
    lines          integer     not null,
    bank_fen       bigint      not null,               -- taken less given back, by the bank
    own_fen        bigint      not null,               -- the same by our books
    received_at    timestamptz not null,
    closed_at      timestamptz,
    closed_by      uuid,                               -- null: the system, at difference zero
    primary key (bank_code, day),
    constraint bank_days_closed_has_time check ((state = 'CLOSED') = (closed_at is not null))
);

create table statement_lines (
    bank_code      text        not null,
    day            date        not null,
    line_no        integer     not null,
    kind           text        not null constraint statement_lines_kind check (kind in ('DEBIT', 'REFUND', 'REVERSAL')),
    bank_ref       text        not null,
    subject        uuid        not null,               -- payment or refund, as the bank names it
    amount_fen     bigint      not null check (amount_fen > 0),
    booked_at      timestamptz not null,
    primary key (bank_code, day, line_no),
    foreign key (bank_code, day) references bank_days
);

create table day_differences (
    id             uuid        primary key,
    bank_code      text        not null,
    day            date        not null,
    kind           text        not null constraint day_differences_kind check (kind in (
        'ORPHAN_BANK', 'ORPHAN_OWN', 'AMOUNT', 'DATE', 'DUPLICATE')),
    line_kind      text        not null,
    bank_ref       text        not null,
    subject        uuid        not null,
    bank_fen       bigint,
    own_fen        bigint,
    state          text        not null
        constraint day_differences_state check (state in ('OPEN', 'EXPLAINED', 'APPROVED')),
    explanation    text,
    explained_by   uuid,
    explained_at   timestamptz,
    approved_by    uuid,
    approved_at    timestamptz,
    foreign key (bank_code, day) references bank_days,
    constraint day_differences_two_hands check (explained_by <> approved_by),
    constraint day_differences_explained check ((state <> 'OPEN') = (explanation is not null and explained_by is not null)),
    constraint day_differences_approved check ((state = 'APPROVED') = (approved_by is not null))
);
create index day_differences_day_idx on day_differences (bank_code, day);

-- A closed day is final, with all that belongs to it.
create function closed_days_are_final() returns trigger language plpgsql as $$
begin
    if exists (select from bank_days where bank_code = old.bank_code and day = old.day and state = 'CLOSED') then
        raise exception 'the day is closed' using errcode = 'restrict_violation';
    end if;
    return coalesce(new, old);
end $$;
create trigger bank_days_are_final before update or delete on bank_days
    for each row execute function closed_days_are_final();
create trigger statement_lines_are_final before update or delete on statement_lines
    for each row execute function closed_days_are_final();
create trigger day_differences_are_final before update or delete on day_differences
    for each row execute function closed_days_are_final();

alter table bank_words
    drop constraint bank_words_source,
    add constraint bank_words_source check (source in ('ANSWER', 'QUERY', 'CALLBACK', 'STATEMENT'));
