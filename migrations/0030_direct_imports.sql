-- Imports under direct release: what was declared where they arrived.

alter table direct_consignments
    add column arrival_decl_no text;                        -- the declaration at the destination, in its own ledger
-- Chasing is promised with the consignment itself, not looked for.
drop index direct_consignments_due_idx;
