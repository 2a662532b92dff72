-- Direct release (直通放行; domain 4.5, R16): who is granted it, which consignments go under it, what was found.

-- One application or grant for each enterprise and direction. Ours, or as the bureau that granted it told us.
create table direct_enterprises (
    id              uuid        primary key,
    reg_no          text        not null
        constraint direct_enterprises_reg_no_form check (reg_no ~ '^\d{10}$'),
    direction       text        not null
        constraint direct_enterprises_direction check (direction in ('EXPORT', 'IMPORT')),
    partner         text        references partners,   -- who granted it and told us; null: we decide ourselves
    state           text        not null constraint direct_enterprises_state
        check (state in ('APPLIED', 'APPROVED', 'REFUSED', 'SUSPENDED')),
    version         bigint      not null,              -- counts the steps; an older one never overwrites a newer one
    claims          jsonb,                             -- what the enterprise stated; null: its bureau looked at that
    conditions      jsonb,                             -- what the grant was decided on
    granted_on      date,
    suspended_on    date,
    suspended_until date,                              -- the first day on which it may apply again
    ground          text,                              -- the ground of the suspension
    reason          text,                              -- why it was refused or suspended
    proposed_ground text,                              -- what a first person asked for, and a second has not confirmed
    proposed_reason text,
    proposed_by     uuid,
    proposed_by_chief boolean   not null default false,
    decided_by      uuid,
    created_at      timestamptz not null,
    updated_at      timestamptz not null,
    constraint direct_enterprises_suspended check
        (state <> 'SUSPENDED' or (suspended_until is not null and ground is not null)),
    constraint direct_enterprises_granted check (state <> 'APPROVED' or granted_on is not null)
);
create unique index direct_enterprises_live_key on direct_enterprises (reg_no, direction)
    where state <> 'REFUSED';
create index direct_enterprises_state_idx on direct_enterprises (state, id);

-- A port asks the granting bureau to suspend an enterprise; kept by both.
create table direct_suspensions (
    id           uuid        primary key,
    reg_no       text        not null,
    ground       text        not null,
    evidence     text        not null,
    clearance_no text,
    proposer     text,                                 -- the partner that asked us; null: we asked
    granter      text,                                 -- the partner that we asked; null: we decide
    state        text        not null constraint direct_suspensions_state
        check (state in ('PROPOSED', 'SUSPENDED', 'DECLINED')),
    proposed_at  timestamptz not null,
    due_on       date        not null,
    decided_at   timestamptz,
    decided_by   uuid,
    decision     text,
    constraint direct_suspensions_one_side check ((proposer is null) <> (granter is null)),
    constraint direct_suspensions_decided check ((state = 'PROPOSED') = (decided_at is null))
);
create index direct_suspensions_open_idx on direct_suspensions (reg_no) where state = 'PROPOSED';

-- No facilitation here, at once and whatever the granting bureau thinks, until it has decided or our chief lifts it.
create table direct_blocks (
    id            uuid        primary key,
    reg_no        text        not null,
    reason        text        not null,
    suspension_id uuid        references direct_suspensions,
    blocked_at    timestamptz not null,
    lifted_at     timestamptz,
    lifted_by     uuid,                                -- null: the granting bureau decided
    lift_reason   text,
    constraint direct_blocks_lifted check ((lifted_at is null) = (lift_reason is null))
);
create index direct_blocks_open_idx on direct_blocks (reg_no) where lifted_at is null;

-- Goods under way on a clearance form of another office: kept by both sides, without any second declaration.
create table direct_consignments (
    id               uuid        primary key,
    direction        text        not null
        constraint direct_consignments_direction check (direction in ('EXPORT', 'IMPORT')),
    clearance_no     text        not null constraint direct_consignments_no_key unique
        constraint direct_consignments_no_form check (clearance_no ~ '^\d{18}$'),
    former           text[]      not null default '{}', -- forms that it replaced, oldest first
    declaration_id   uuid        references declarations, -- where the form was issued
    reg_no           text        not null,
    issuing_org      text        not null,             -- the office that issued the form and sealed the goods
    issuing_partner  text        references partners,  -- null: it is ours
    checking_org     text        not null,             -- the office of the exit port, or of the destination
    checking_partner text        references partners,  -- null: it is ours
    place            text        not null,             -- the exit port, or the district of destination
    goods            jsonb       not null,
    containers       jsonb       not null,             -- numbers and seals, as the form remarks them
    valid_until      date        not null,
    issued_at        timestamptz not null,
    due_on           date,                             -- the last day to arrive; imports only
    state            text        not null constraint direct_consignments_state check (state in (
        'ISSUED', 'AT_PORT', 'NOT_CHECKED', 'CHECK_OK', 'CHECK_ANOMALY', 'RESOLVED', 'STOPPED', 'EXITED', 'RETURNED',
        'AT_DESTINATION')),
    version          bigint      not null,             -- of the issuer's record
    reading          jsonb,                            -- what the first inspector read
    reading_by       uuid,
    readings         jsonb,                            -- what both read
    checked_by       uuid[],
    checked_at       timestamptz,
    findings         jsonb,
    remark           text,                             -- why it was stopped, or what else was said last
    chased_at        timestamptz,
    updated_at       timestamptz not null,
    constraint direct_consignments_two_bureaus check (issuing_partner is null or checking_partner is null)
);
create index direct_consignments_issuing_idx on direct_consignments (issuing_org, id);
create index direct_consignments_checking_idx on direct_consignments (checking_org, id);
create index direct_consignments_reg_no_idx on direct_consignments (reg_no, id);
create index direct_consignments_due_idx on direct_consignments (due_on)
    where state = 'ISSUED' and chased_at is null and due_on is not null;
create index direct_consignments_former_idx on direct_consignments using gin (former);

-- The port's draw: once for each consignment, and never again.
create table direct_draws (
    consignment_id uuid        primary key references direct_consignments,
    subject        text        not null,               -- clearance_no@port office
    rate_ppm       integer     not null check (rate_ppm between 0 and 1000000),
    draw           bytea       not null,
    audit_draw     bytea,
    key_id         text        not null,
    reason         text        not null
        constraint direct_draws_reason check (reason in ('DRAWN', 'NOT_DRAWN', 'AUDIT')),
    drawn_at       timestamptz not null
);
create trigger direct_draws_are_final before update or delete or truncate on direct_draws
    for each statement execute function history_is_final();

-- What a form says beside its goods: under direct release the exit port, the containers and their seals.
alter table clearance_forms add column remark text;
