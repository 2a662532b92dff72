-- The draw (抽批) and what inspectors find.

create table selections (
    declaration_id uuid        primary key references declarations,
    decl_no        text        not null,
    drawn_at       timestamptz not null,
    rate_ppm       integer     not null check (rate_ppm between 0 and 1000000),
    inputs         jsonb       not null,               -- factors, lines, class: everything the rate was made of
    draw           bytea       not null check (length(draw) = 8),
    audit_draw     bytea       check (length(audit_draw) = 8),
    key_id         text        not null,
    is_mandatory   boolean     not null,
    is_selected    boolean     not null,
    reason         text        not null constraint selections_reason
        check (reason in ('DRAWN', 'NOT_DRAWN', 'MANDATORY', 'AUDIT', 'INHERITED'))
);
create trigger selections_are_final before update or delete or truncate on selections
    for each statement execute function history_is_final();

-- What changed the outcome after the draw; appended, never overwritten.
create table selection_changes (
    id             uuid        primary key,
    declaration_id uuid        not null references declarations,
    kind           text        not null constraint selection_changes_kind
        check (kind in ('ORDERED', 'DESELECTED', 'RATE_RAISED')),
    rate_ppm       integer,
    reason         text        not null,
    by_staff       uuid,
    at             timestamptz not null
);
create index selection_changes_declaration_idx on selection_changes (declaration_id);
create trigger selection_changes_are_final before update or delete or truncate on selection_changes
    for each statement execute function history_is_final();

create table appointments (
    id             uuid        primary key,
    declaration_id uuid        not null references declarations,
    place          text        not null,
    slot_from      timestamptz not null,
    slot_to        timestamptz not null,
    made_by        text        not null,
    made_at        timestamptz not null,
    constraint appointments_slot check (slot_from < slot_to)
);
create index appointments_declaration_idx on appointments (declaration_id);

-- One round of inspection: from start to a result that two inspectors signed.
create table inspections (
    id             uuid        primary key,
    declaration_id uuid        not null references declarations,
    round          integer     not null,
    insp_org       text        not null,
    inspectors     uuid[]      not null check (cardinality(inspectors) >= 2),
    started_at     timestamptz not null,
    verdict        text        constraint inspections_verdict check (verdict in ('PASS', 'FAIL')),
    decided_at     timestamptz,
    constraint inspections_round_key unique (declaration_id, round)
);

create table samples (
    id             uuid        primary key,
    inspection_id  uuid        not null references inspections,
    receipt_no     text        not null constraint samples_receipt_key unique,  -- 采样凭单
    goods_no       integer     not null,
    quantity       text        not null,
    taken_by       uuid        not null,
    taken_at       timestamptz not null,
    laboratory     text        not null,
    result         text        constraint samples_result check (result in ('CONFORMING', 'NON_CONFORMING')),
    result_detail  text,
    result_at      timestamptz
);
create index samples_inspection_idx on samples (inspection_id);

create table signatures (
    inspection_id  uuid        not null references inspections,
    inspector      uuid        not null,
    verdict        text        not null constraint signatures_verdict check (verdict in ('PASS', 'FAIL')),
    findings       jsonb       not null,               -- by goods line; code and evidence of a fail
    signed_at      timestamptz not null,
    primary key (inspection_id, inspector)
);

create table treatments (
    id             uuid        primary key,
    declaration_id uuid        not null references declarations,
    method         text        not null,
    ordered_by     uuid        not null,
    ordered_at     timestamptz not null,
    certificate_no text,
    verified_by    uuid,
    verified_at    timestamptz,
    is_effective   boolean,
    constraint treatments_other_person check (verified_by is null or verified_by <> ordered_by)
);
create unique index treatments_one_open on treatments (declaration_id) where verified_at is null;
