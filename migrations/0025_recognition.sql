-- Credit classes that other bureaus gave their enterprises and told us of (诚信互认; domain 4.6, R14).

create table credit_recognitions (
    id         uuid        primary key,
    partner    text        not null references partners, -- whose enterprise it is, and whose word
    reg_no     text        not null
        constraint credit_recognitions_reg_no_form check (reg_no ~ '^\d{10}$'),
    version    bigint      not null                      -- an older one never overwrites a newer one
        constraint credit_recognitions_version check (version > 0),
    class      text        not null
        constraint credit_recognitions_class check (class in ('AA', 'A', 'B', 'C', 'D')),
    valid_from date        not null,
    valid_to   date,                                     -- inclusive; null: until they say otherwise
    hs_scope   text[]      not null,                     -- first digits of HS codes; empty: all goods
    privileges text[]      not null,
    evidence   text        not null,                     -- their file
    status     text        not null constraint credit_recognitions_status
        check (status in ('PROPOSED', 'ACKNOWLEDGED', 'ACTIVE', 'SUSPENDED', 'REVOKED', 'EXPIRED')),
    reason     text,                                     -- why it is suspended, refused or revoked
    decided_by uuid references staff,
    told_at    timestamptz not null,                     -- when this version came
    created_at timestamptz not null,
    updated_at timestamptz not null,
    constraint credit_recognitions_dates check (valid_to is null or valid_from <= valid_to)
);
create unique index credit_recognitions_key on credit_recognitions (partner, reg_no);
create index credit_recognitions_status_idx on credit_recognitions (status, id);
-- Asked on every filing.
create index credit_recognitions_active_idx on credit_recognitions (reg_no) where status = 'ACTIVE';

-- What counts, and on which days: while the recognition is active, and while a memorandum of credit is in force with
-- its bureau. The one thing that other rooms read of it.
create view recognised_classes as
select r.reg_no, r.partner, r.class, r.hs_scope, r.privileges,
       greatest(r.valid_from, m.valid_from) as valid_from,
       least(r.valid_to, m.valid_to) as valid_to         -- null where neither ends
from credit_recognitions r
join memoranda m on m.partner = r.partner and m.kind = 'CREDIT'
where r.status = 'ACTIVE';
