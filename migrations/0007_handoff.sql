-- One office gives a case, another takes it (R9).

create table handoffs (
    id             uuid        primary key,
    declaration_id uuid        not null references declarations,
    from_org       text        not null,
    to_org         text        not null,
    cause          text        not null,               -- the status that asked for it
    state          text        not null constraint handoffs_state
        check (state in ('OFFERED', 'ACCEPTED', 'REFUSED', 'RECALLED', 'EXPIRED')),
    offered_at     timestamptz not null,
    expires_at     timestamptz not null,
    answered_at    timestamptz,
    receipt_at     timestamptz,
    offer_receipt  text        not null,               -- SHA-256 over what was offered: the offerer's receipt
    answer_receipt text,                               -- over offer receipt and answer: the other side's
    refusal_code   text,
    refusal_text   text,
    escalated_at   timestamptz,                        -- the duty chief was alerted
    constraint handoffs_two_offices check (from_org <> to_org),
    constraint handoffs_answered check ((state = 'OFFERED') = (answered_at is null)),
    constraint handoffs_refused_with_code check ((state = 'REFUSED') = (refusal_code is not null))
);
create unique index handoffs_one_open on handoffs (declaration_id) where state = 'OFFERED';
create index handoffs_declaration_idx on handoffs (declaration_id);
create index handoffs_in_idx on handoffs (to_org, id) where state = 'OFFERED';
create index handoffs_out_idx on handoffs (from_org, id) where state in ('OFFERED', 'REFUSED', 'EXPIRED');
create index handoffs_expiry_idx on handoffs (expires_at) where state = 'OFFERED';
