-- Cases that change hands between bureaus, each with a ledger of its own: the offerer decides (R9).

-- AGREED: from another bureau; this side would take the case, and waits for the offerer's word.
alter table handoffs drop constraint handoffs_state;
alter table handoffs add constraint handoffs_state
    check (state in ('OFFERED', 'AGREED', 'ACCEPTED', 'REFUSED', 'RECALLED', 'EXPIRED'));
drop index handoffs_one_open;
create unique index handoffs_one_open on handoffs (declaration_id) where state in ('OFFERED', 'AGREED');

-- What a handoff between bureaus has beside others. Neither the handoff nor its case need stand here: an offer that
-- was refused at the door, or recalled before it came, is remembered so that it changes nothing when it comes again.
create table handoff_passages (
    handoff_id     uuid     primary key,
    declaration_id uuid     not null,
    generation     integer  not null check (generation > 0), -- counted by the holder, over all handoffs of the case
    partner        text     not null references partners,    -- the other bureau
    way            text     not null constraint handoff_passages_way check (way in ('OUT', 'IN')),
    told           text,                                     -- where it stood when the partner was last told of it
    constraint handoff_passages_generation_key unique (declaration_id, generation)
);

-- The content of a case that was declared at another bureau comes with its handoff.
alter table declaration_versions drop constraint declaration_versions_cause;
alter table declaration_versions add constraint declaration_versions_cause
    check (cause in ('FILED', 'RESUBMITTED', 'AMENDED', 'HANDED_OVER'));
