-- Clearance forms (通关单) and releases.

create table clearance_forms (
    id             uuid        primary key,
    declaration_id uuid        not null references declarations,
    clearance_no   text        not null constraint clearance_forms_no_key unique
        constraint clearance_forms_no_form check (clearance_no ~ '^\d{18}$'),
    sequence       integer     not null check (sequence between 0 and 999),
    state          text        not null constraint clearance_forms_state check (state in (
        'ISSUED', 'SENT', 'STORED_AT_CUSTOMS', 'ANNOTATED', 'WRITTEN_OFF', 'VOID', 'EXPIRED')),
    lines          jsonb       not null,
    before_result  boolean     not null,               -- issued before the inspection result (R11)
    issued_at      timestamptz not null,
    issued_by      uuid,
    valid_until    date        not null,
    voided_at      timestamptz,
    void_reason    text,
    constraint clearance_forms_void check ((state = 'VOID') = (voided_at is not null)),
    constraint clearance_forms_sequence_key unique (declaration_id, sequence)
);
create unique index clearance_forms_one_live on clearance_forms (declaration_id)
    where state not in ('VOID', 'EXPIRED');

create table releases (
    declaration_id uuid        primary key references declarations,
    decl_no        text        not null,
    release_org    text        not null,
    kind           text        not null
        constraint releases_kind check (kind in ('DELIVERY_ORDER', 'CLEARANCE_FORM')),
    clearance_no   text,
    do_key         text,
    released_by    uuid,                               -- null: the system
    released_at    timestamptz not null
);
create trigger releases_are_final before update or delete or truncate on releases
    for each statement execute function history_is_final();
create index clearance_forms_validity_idx on clearance_forms (valid_until)
    where state in ('ISSUED', 'SENT', 'STORED_AT_CUSTOMS');
