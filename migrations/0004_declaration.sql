-- A declaration (报检): its place in the lifecycle. What was declared stands in its versions.

create table declarations (
    id             uuid        primary key,
    decl_reg_no    text        not null,               -- declaring unit: owner of the case
    ent_decl_no    text        not null,               -- its own reference
    apl_kind       text        not null constraint declarations_apl_kind check (apl_kind in ('I', 'O')),
    decl_code      text        not null,
    kind           text        not null
        constraint declarations_kind check (kind in ('CATALOGUE', 'OUTSIDE_CATALOGUE')),
    direct_bureau  text        not null,               -- within which a D/O is declared once (R2)
    do_key         text,                               -- normalised bill + house bill + D/O; inbound
    consignee_code text,
    decl_no        text        constraint declarations_decl_no_form check (decl_no ~ '^\d{6}[1-9]\d{8}$'),
    status         text        not null constraint declarations_status check (status in (
        'DRAFT', 'SUBMITTED', 'E_REVIEW', 'NEEDS_CORRECTION', 'MANUAL_REVIEW', 'SELECTED', 'INSPECTING',
        'LAB_PENDING', 'NON_CONFORMING', 'TREATMENT_ORDERED', 'CONFORMING', 'RELEASED', 'CLOSED', 'REJECTED',
        'WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ')),
    version        integer     not null,               -- of the content
    revision       bigint      not null default 1,     -- of this row: ETag
    decl_org       text        not null,               -- declaring office (Org_Code)
    release_org    text        not null,               -- release office (Vsa_Org_Code)
    insp_org       text,                               -- inspecting office (Insp_Org_Code), assigned
    holder_org     text        not null,               -- the one office responsible now (R9)
    anywhere       boolean     not null,               -- declared or released away from the inspecting office
    is_selected    boolean     not null default false, -- drawn, ordered or inherited
    is_mandatory   boolean     not null default false, -- nobody may deselect it
    has_result     boolean     not null default false, -- an inspection result was signed
    credit_class   text,                               -- effective class, stored at acceptance (R14)
    withdrawal_requested_at timestamptz,
    filed_at       timestamptz not null,
    accepted_at    timestamptz,
    released_at    timestamptz,
    updated_at     timestamptz not null,
    constraint declarations_reference_key unique (decl_reg_no, ent_decl_no),
    constraint declarations_decl_no_key unique (decl_no),
    constraint declarations_accepted_is_numbered check ((accepted_at is null) = (decl_no is null)),
    constraint declarations_accepted_before_inspection check (
        accepted_at is not null or status in ('DRAFT', 'SUBMITTED', 'E_REVIEW', 'NEEDS_CORRECTION',
            'MANUAL_REVIEW', 'REJECTED', 'WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ')),
    constraint declarations_selected_is_judged check (
        not (status in ('RELEASED', 'CLOSED') and is_selected and not has_result)),
    constraint declarations_released_has_time check (status <> 'RELEASED' or released_at is not null)
);

-- One D/O, one live declaration in the whole bureau (R2).
create unique index declarations_do_key on declarations (direct_bureau, do_key)
    where status not in ('DRAFT', 'REJECTED', 'WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ');
create index declarations_owner_idx on declarations (decl_reg_no, id);
-- Statistics read whole periods; rows lie in the order of their acceptance, so a summary of each block will do.
create index declarations_accepted_idx on declarations using brin (accepted_at);
create index declarations_silent_idx on declarations (updated_at)
    where status in ('NEEDS_CORRECTION', 'SELECTED');
create index declarations_waiting_idx on declarations (holder_org, status, id)
    where status not in ('RELEASED', 'CLOSED', 'REJECTED', 'WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ');

-- Wishes to withdraw that wait for an officer of the declaring office.
create index declarations_withdrawals_idx on declarations (decl_org, id)
    where withdrawal_requested_at is not null and status in ('SELECTED', 'CONFORMING');

-- A filed version is a document: kept whole, as it was understood, with every defect it was told.
create table declaration_versions (
    declaration_id uuid        not null references declarations,
    version        integer     not null,
    cause          text        not null
        constraint declaration_versions_cause check (cause in ('FILED', 'RESUBMITTED', 'AMENDED')),
    content        jsonb       not null,
    content_hash   bytea       not null,               -- SHA-256 of the content after parsing
    defects        jsonb       not null,               -- the one notice of this version (一次性告知)
    receipt        jsonb       not null,               -- what the caller was told, word for word
    filed_at       timestamptz not null,
    primary key (declaration_id, version)
);
create trigger declaration_versions_are_final before update or delete or truncate on declaration_versions
    for each statement execute function history_is_final();

-- decl_no serials, taken in blocks: unique, not gapless (R12).
create table decl_no_series (
    org            text        not null,
    class          smallint    not null,
    year           smallint    not null,               -- two digits
    next_serial    integer     not null default 1,
    primary key (org, class, year),
    constraint decl_no_series_range check (next_serial between 1 and 1000000)
);

create table amendments (
    id             uuid        primary key,
    declaration_id uuid        not null references declarations,
    base_version   integer     not null,
    content        jsonb       not null,
    reason         text        not null,
    state          text        not null constraint amendments_state
        check (state in ('REQUESTED', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    requested_at   timestamptz not null,
    due_on         date        not null,               -- one working day (R13)
    decided_at     timestamptz,
    decided_by     uuid,
    decision       text,
    constraint amendments_decided check ((state = 'REQUESTED') = (decided_at is null))
);
create unique index amendments_one_open on amendments (declaration_id) where state = 'REQUESTED';
