-- Consignments under direct release (0023) get what both sides say and see of them.

alter table direct_consignments
    add column declarant      text,                         -- who declared it where the form was issued
    add column report_version bigint not null default 0,    -- of the checking side's record
    add column further        jsonb,                        -- what was seen when the goods were looked at
    add column confirmation   text,                         -- the issuing side explained the findings
    add column notice_id      uuid references nc_notices;   -- the notice that stopped it
alter table direct_consignments drop column checked_by;     -- stands in the history
create index direct_consignments_declarant_idx on direct_consignments (declarant, id) where declarant is not null;
create unique index direct_consignments_declaration_key on direct_consignments (declaration_id)
    where state <> 'RETURNED';

-- Seals as inspectors put them on, before a form remarks them.
create table direct_seals (
    declaration_id uuid        not null references declarations,
    container_no   text        not null,
    seal_no        text        not null,
    kind           text        not null
        constraint direct_seals_kind check (kind in ('MECHANICAL', 'ELECTRONIC')),
    place          integer     not null,                    -- in the order in which they were told
    applied_by     uuid        not null,
    applied_at     timestamptz not null,
    primary key (declaration_id, container_no, seal_no)
);
