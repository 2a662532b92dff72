-- Lists at ten million declarations: what each may read, and no more.

-- An office's cases. The holder is one of the other three, except while a case that changed its release office waits
-- for the new one. Few values, so equal keys share their entries: such an index is small. An office with three cases
-- among ten million is told of them at once; without, its list would walk through all.
create index declarations_decl_org_idx on declarations (decl_org);
create index declarations_release_org_idx on declarations (release_org) where release_org <> decl_org;
create index declarations_insp_org_idx on declarations (insp_org)
    where insp_org <> decl_org and insp_org <> release_org;
create index declarations_holder_org_idx on declarations (holder_org)
    where holder_org <> decl_org and holder_org <> release_org and holder_org is distinct from insp_org;

-- Work lists ask for an office and a state; whoever sees all offices asks for a state alone.
drop index declarations_waiting_idx;
create index declarations_waiting_idx on declarations (status, holder_org, id)
    where status not in ('RELEASED', 'CLOSED', 'REJECTED', 'WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ');
-- Ends that are rare: walking back through the released ones would find few of them.
create index declarations_rare_ends_idx on declarations (status, id)
    where status in ('REJECTED', 'WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ');

-- `updated_since`: whoever asks reads what changed in the whole bureau since then, and not their archive. An index
-- for each owner and office would read less and cost every write three times as much. Figures no longer read the
-- declarations, so nobody asks for a time of acceptance.
drop index declarations_accepted_idx;
create index declarations_updated_idx on declarations (updated_at);

-- A timeline is short: it is found by its subject and sorted when it is read. Equal keys share one entry.
drop index events_subject_idx;
create index events_subject_idx on events (subject);
