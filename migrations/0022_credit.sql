-- Credit classes of enterprises (信用等级; domain 4.6, R10, R14): what is scored against them, what each year came to,
-- and who changed a class.

alter table organisations
    add column class_version bigint not null default 1, -- counts changes of the class; partners are told it
    add column class_since   date;                      -- null: since it was registered

-- Score items (记分), never changed but to be struck.
create table credit_events (
    id             uuid        primary key,
    reg_no         text        not null
        constraint credit_events_reg_no_form check (reg_no ~ '^\d{10}$'),
    item           text        not null,                -- row of the book credit_items
    points         integer     not null                 -- taken off, as the book had it on the day
        constraint credit_events_points check (points between 0 and 100),
    worst_class    text                                 -- no better than this in its year, whatever the score
        constraint credit_events_worst_class check (worst_class in ('C', 'D')),
    occurred_on    date        not null,
    source         uuid,                                -- the record that it follows from; null: entered by a person
    remark         text,
    recorded_by    uuid references staff,               -- null: the system
    recorded_at    timestamptz not null,
    struck_by      uuid references staff,
    struck_at      timestamptz,
    struck_because text,
    constraint credit_events_struck check ((struck_at is null) = (struck_because is null)),
    constraint credit_events_two_persons check (struck_by <> recorded_by)
);
create unique index credit_events_source_key on credit_events (source, item) where source is not null;
create index credit_events_enterprise_idx on credit_events (reg_no, occurred_on) where struck_at is null;

-- One evaluation (评定) an enterprise and year, ever. `year` is that of its last day, 30 September.
create table credit_evaluations (
    reg_no       text        not null,
    year         integer     not null,
    events       integer     not null,
    points       integer     not null,
    score        integer     not null constraint credit_evaluations_score check (score between 0 and 100),
    class_before text        not null,
    class        text        not null,                  -- what the score comes to
    evaluated_at timestamptz not null,
    primary key (reg_no, year)
);

-- Changes of a class: proposed by one, confirmed by another (domain R10).
create table credit_changes (
    id              uuid        primary key,
    organisation_id uuid        not null references organisations,
    reg_no          text        not null,
    from_class      text        not null
        constraint credit_changes_from_class check (from_class in ('AA', 'A', 'B', 'C', 'D')),
    to_class        text        not null
        constraint credit_changes_to_class check (to_class in ('AA', 'A', 'B', 'C', 'D')),
    year            integer,                            -- of the evaluation that proposes it; null: a person does
    status          text        not null constraint credit_changes_status
        check (status in ('PROPOSED', 'CONFIRMED', 'REFUSED')),
    reason          text        not null,
    proposed_by     uuid references staff,              -- null: the system, after an evaluation
    proposed_by_chief boolean   not null,
    proposed_at     timestamptz not null,
    decided_by      uuid references staff,
    decided_at      timestamptz,
    decision        text,                               -- why it was refused
    updated_at      timestamptz not null,
    constraint credit_changes_change check (from_class <> to_class),
    constraint credit_changes_evaluated check ((year is null) = (proposed_by is not null)),
    constraint credit_changes_decided check ((status = 'PROPOSED') = (decided_at is null)),
    constraint credit_changes_two_persons check (status <> 'CONFIRMED' or decided_by <> proposed_by
        or proposed_by is null)
);
create unique index credit_changes_open_key on credit_changes (reg_no) where status = 'PROPOSED';
create index credit_changes_enterprise_idx on credit_changes (reg_no, id);
