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
        check (reason in ('DRAWN', 'NOT_DRAWN', 'MANDATORY', 'AUDIT', 'INHERITED')),
    constraint selections_number_key unique (decl_no),
    constraint selections_audit_at_nought check ((rate_ppm = 0) = (audit_draw is not null)),
    constraint selections_outcome check (
        is_selected = (reason <> 'NOT_DRAWN') and is_mandatory = (reason = 'MANDATORY'))
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
    inputs         jsonb,                              -- what the raised rate was made of
    reason         text        not null,
    by_staff       uuid,
    at             timestamptz not null,
    constraint selection_changes_person check (kind = 'RATE_RAISED' or by_staff is not null),
    constraint selection_changes_rate check (
        (kind = 'RATE_RAISED') = (rate_ppm is not null) and (kind = 'RATE_RAISED') = (inputs is not null))
);
create index selection_changes_declaration_idx on selection_changes (declaration_id);
create trigger selection_changes_are_final before update or delete or truncate on selection_changes
    for each statement execute function history_is_final();

-- Earlier declarations of a D/O that were selected and ended without a result: the next one inherits that.
create index declarations_unjudged_idx on declarations (direct_bureau, do_key)
    where is_selected and not has_result
      and status in ('WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ');

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
    constraint inspections_round_key unique (declaration_id, round),
    constraint inspections_two_inspectors check (inspectors[1] <> inspectors[2]),
    constraint inspections_decided check ((verdict is null) = (decided_at is null))
);

create sequence sampling_receipts;                     -- unique, not gapless

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
    reported_by    uuid,
    reported_at    timestamptz,
    constraint samples_reported check (
        (result is null) = (reported_at is null) and (result is null) = (reported_by is null))
);
create index samples_inspection_idx on samples (inspection_id);

create table signatures (
    inspection_id  uuid        not null references inspections,
    inspector      uuid        not null,
    verdict        text        not null constraint signatures_verdict check (verdict in ('PASS', 'FAIL')),
    judgement      jsonb       not null,               -- findings by goods line; code and evidence of a fail
    signed_at      timestamptz not null,
    primary key (inspection_id, inspector)
);

-- No result without the signatures of two inspectors, whoever writes it.
create function results_are_signed_twice() returns trigger language plpgsql as $$
begin
    if (select count(*) from signatures
        where inspection_id = new.id and verdict = new.verdict and inspector = any(new.inspectors)) < 2
    then
        raise exception 'inspection % is not signed by two inspectors', new.id
            using errcode = 'check_violation', constraint = 'inspections_signed_twice';
    end if;
    return new;
end $$;

create trigger inspections_signed_twice before insert or update on inspections
    for each row when (new.verdict is not null) execute function results_are_signed_twice();

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
    constraint treatments_other_person check (verified_by is null or verified_by <> ordered_by),
    constraint treatments_verified check (
        (verified_at is null) = (verified_by is null) and (verified_at is null) = (is_effective is null))
);
create unique index treatments_one_open on treatments (declaration_id) where verified_at is null;

-- Goods that were sent back or destroyed, and how that was proven.
create table disposals (
    declaration_id uuid        primary key references declarations,
    kind           text        not null
        constraint disposals_kind check (kind in ('RETURNED', 'DESTROYED')),
    evidence       text[]      not null check (cardinality(evidence) > 0),
    proven_by      uuid        not null,
    proven_at      timestamptz not null
);
