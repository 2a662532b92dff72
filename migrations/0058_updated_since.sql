-- `updated_since` of every list.

-- When a message of ours was given up or refused, which no other column tells.
alter table outbox add column stopped_at timestamptz;
update outbox set stopped_at = least(give_up_at, now()) where state = 'DEAD';

-- An office that asks what changed reads the ranges in which something did, and not its archive. A notice that changed
-- is written anew near the end of the table, so the ranges of old ones stay old; and such an index costs writing next
-- to nothing.
create index fee_notices_updated_idx on fee_notices using brin (updated_at)
    with (pages_per_range = 32, autosummarize = on);
