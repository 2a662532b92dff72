-- Amendments of goods that came with a transfer (domain 4.4 rule 3, R13), and the hour in which a claim is swapped.

alter table amendments drop constraint amendments_state, drop constraint amendments_decided;
alter table amendments
    add constraint amendments_state
        check (state in ('REQUESTED', 'WITH_ORIGIN', 'APPROVED', 'REFUSED', 'WITHDRAWN')),
    add constraint amendments_decided check ((state in ('REQUESTED', 'WITH_ORIGIN')) = (decided_at is null));
drop index amendments_one_open;
create unique index amendments_one_open on amendments (declaration_id) where state in ('REQUESTED', 'WITH_ORIGIN');

alter table transfers
    add column swap_due_at timestamptz,               -- of a claim that was not drawn
    add column overdue_noticed_at timestamptz;
create index transfers_due_idx on transfers (swap_due_at) where state = 'CLAIMED';

-- What a port asks of us about a transfer of ours, and what we said.
create table transfer_amendments (
    id             uuid        primary key,
    transfer_id    uuid        not null references transfers,
    port_amendment uuid        not null,              -- the port's id of it
    reason         text        not null,
    changes        jsonb       not null,
    state          text        not null constraint transfer_amendments_state
        check (state in ('ASKED', 'AGREED', 'REFUSED', 'APPLIED', 'DROPPED')),
    asked_at       timestamptz not null,
    decided_at     timestamptz,
    decided_by     uuid,
    decision       text,
    ended_at       timestamptz,
    outcome        text,                              -- what the port said why it dropped it
    constraint transfer_amendments_asked_key unique (transfer_id, port_amendment),
    constraint transfer_amendments_decided check (state not in ('AGREED', 'REFUSED', 'APPLIED') or decided_at is not null),
    constraint transfer_amendments_ended check ((state in ('APPLIED', 'DROPPED')) = (ended_at is not null))
);
create index transfer_amendments_open_idx on transfer_amendments (id) where state = 'ASKED';
