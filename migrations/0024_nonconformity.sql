-- What the port found wrong with goods of another bureau (不合格信息通报), and what is withheld from an enterprise
-- meanwhile.

-- Facilitations withheld from an enterprise, at once and here (domain R16). The enterprise may be unknown to us: it
-- is its own bureau's.
create table facilitation_blocks (
    id            uuid        primary key,
    reg_no        text        not null
        constraint facilitation_blocks_reg_no_form check (reg_no ~ '^\d{10}$'),
    source        uuid        not null,                -- the notice that caused it
    reason        text        not null,
    proposed_to   text        not null,                -- the bureau that is asked to suspend
    decide_due_on date        not null,
    imposed_at    timestamptz not null,
    lifted_at     timestamptz,
    lifted_by     uuid references staff,               -- null: by the decision of the other bureau
    lifted_because text,
    updated_at    timestamptz not null,
    constraint facilitation_blocks_lifted check ((lifted_at is null) = (lifted_because is null))
);
-- Asked on every filing.
create index facilitation_blocks_live_idx on facilitation_blocks (reg_no) where lifted_at is null;
create unique index facilitation_blocks_one_live on facilitation_blocks (source) where lifted_at is null;

create table nc_notice_series (
    port_org    text    not null,
    year        integer not null,
    next_serial integer not null,
    primary key (port_org, year)
);

-- Notices of ours: found at our port, about goods of an origin bureau.
create table nc_notices (
    id            uuid        primary key,
    notice_no     text        not null
        constraint nc_notices_no_form check (notice_no ~ '^NC\d{6}\d{4}\d{5}$'),
    port_org      text        not null,                -- the office that found it
    origin_bureau text        not null,
    subject_kind  text        not null constraint nc_notices_subject_kind
        check (subject_kind in ('DECLARATION', 'TRANSFER', 'DIRECT_CONSIGNMENT')),
    subject_no    text        not null,
    reg_no        text        not null
        constraint nc_notices_reg_no_form check (reg_no ~ '^\d{10}$'),
    goods         jsonb       not null,                -- the line: goods_no, hs_code, name
    found_on      date        not null,
    category      text        not null constraint nc_notices_category check (category in (
        'MISMATCH_NAME', 'MISMATCH_QTY_OVER', 'MISMATCH_QTY_SHORT', 'MARKS', 'PACKAGING', 'SEAL', 'CONTAMINATION',
        'PEST', 'QUALITY', 'LABEL', 'DOC_FORGED')),
    severity      text        not null
        constraint nc_notices_severity check (severity in ('MINOR', 'MAJOR', 'CRITICAL')),
    goods_changed boolean     not null,                -- a broken seal, and other goods behind it
    alert_code    text,                                -- the alert that the pest stands in
    finding       text        not null,
    evidence      jsonb       not null,                -- names and SHA-256 of the files
    status        text        not null constraint nc_notices_status check (status in (
        'DRAFT', 'DISCARDED', 'APPROVED', 'SENT', 'ACKED', 'REPLIED', 'CLOSED', 'REOPENED')),
    round         integer     not null default 0,      -- how often it was sent
    send_due_on   date        not null,
    ack_due_on    date,
    reply_due_on  date,
    drafted_by    uuid        not null references staff,
    approved_by   uuid references staff,
    approved_at   timestamptz,
    first_sent_at timestamptz,
    sent_at       timestamptz,
    acked_at      timestamptz,
    replied_at    timestamptz,
    reply         jsonb,                               -- text and evidence of the origin bureau
    closed_at     timestamptz,
    disposition   text constraint nc_notices_disposition check (disposition in (
        'RELEASED_AFTER_CORRECTION', 'RETURNED', 'RE_DECLARE', 'TREATED', 'DESTROYED', 'CASE_FILED')),
    remark        text,                                -- why it was closed, discarded or reopened
    suspension    text constraint nc_notices_suspension          -- null: none was proposed
        check (suspension in ('PROPOSED', 'SUSPENDED', 'DECLINED')),
    created_at    timestamptz not null,
    updated_at    timestamptz not null,
    constraint nc_notices_no_key unique (notice_no),
    constraint nc_notices_two_persons check (approved_by <> drafted_by),
    constraint nc_notices_approved
        check ((status in ('DRAFT', 'DISCARDED')) = (approved_by is null))
);
create index nc_notices_office_idx on nc_notices (port_org, id);
create index nc_notices_enterprise_idx on nc_notices (reg_no) where status not in ('DRAFT', 'DISCARDED', 'CLOSED');
create index nc_notices_sent_idx on nc_notices (first_sent_at) where first_sent_at is not null;

-- Monthly digests (定期通报): one for each origin bureau and month, ever.
create table nc_digests (
    origin_bureau text        not null,
    month         date        not null,                -- its first day
    notices       integer     not null,
    sent_at       timestamptz not null,
    primary key (origin_bureau, month)
);

-- Notices of others: another port found it, about goods that we let go.
create table received_nc_notices (
    id             uuid        primary key,
    sender         text        not null,
    correlation_id uuid        not null,               -- the conversation in which we answer
    notice_no      text        not null,
    reg_no         text        not null,
    severity       text        not null,
    content        jsonb       not null,               -- the whole notice as it was last sent
    status         text        not null constraint received_nc_notices_status
        check (status in ('RECEIVED', 'ACKED', 'REPLIED', 'CLOSED')),
    ack_due_on     date        not null,
    reply_due_on   date        not null,
    decide_due_on  date,                               -- null: no suspension is proposed
    suspension     text constraint received_nc_notices_suspension
        check (suspension in ('PROPOSED', 'SUSPENDED', 'DECLINED')),
    received_at    timestamptz not null,
    acked_at       timestamptz,
    replied_at     timestamptz,
    reply          jsonb,
    closed_at      timestamptz,
    closing        jsonb,                              -- disposition and remark of the port
    updated_at     timestamptz not null,
    constraint received_nc_notices_key unique (sender, notice_no)
);

create table received_nc_digests (
    sender      text        not null,
    month       date        not null,
    content     jsonb       not null,
    received_at timestamptz not null,
    primary key (sender, month)
);
