-- What happens, told to those whose cases it is about: the feed that they read, and the webhooks that bring it.

-- The sequencer reads history by its numbers. They are given out in the order in which histories are written, and
-- committed in another.
create unique index events_seq_key on events (seq);

-- How far the sequencer has come. One row; who holds its lock is the one sequencer.
create table change_feed (
    is_only        boolean     primary key default true constraint change_feed_is_one check (is_only),
    seq            bigint      not null,               -- the greatest number of an event that was looked at
    position       bigint      not null default 0      -- the last position that was given out
);
-- Older history keeps its timelines, and gets no positions.
insert into change_feed (seq) select coalesce(max(seq), 0) from events;

-- Numbers below `change_feed.seq` that nobody has seen: their transactions are under way, or were rolled back.
create table change_gaps (
    first_seq      bigint      primary key,
    last_seq       bigint      not null,
    -- A transaction younger than any that can fill the gap. When all older ones have ended it stays empty for ever.
    -- Null: found in the last pass, the next one writes its own id here.
    younger        xid8,
    constraint change_gaps_order check (first_seq <= last_seq)
);

-- The feed: what concerns whom, in an order that never changes. Whoever sees a position sees all before it.
create table changes (
    reg_no         text        not null,               -- whose case it is
    position       bigint      not null,
    event_id       uuid        not null,
    primary key (reg_no, position)
);

-- How far a client says it has read.
create table change_readers (
    client_id      uuid        primary key references clients,
    position       bigint      not null,
    acknowledged_at timestamptz not null
);

-- Where a client wants to be told.
create table webhook_endpoints (
    id             uuid        primary key,
    client_id      uuid        not null references clients,
    reg_no         text        not null,               -- for whom the client acts
    url            text        not null,
    description    text,
    event_types    text[]      not null,               -- empty: all
    state          text        not null
        constraint webhook_endpoints_state check (state in ('PENDING', 'ACTIVE', 'DISABLED')),
    disabled_because text
        constraint webhook_endpoints_disabled_because check (disabled_because in ('OWNER', 'GONE', 'FAILING')),
    -- Secrets are not kept: they are made of the bureau's key of this name, the endpoint's id and this number.
    key_id         text        not null,
    generation     integer     not null default 1,
    -- While this is in the future the secret before it signs too.
    previous_key_id text,
    previous_until timestamptz,
    challenged_at  timestamptz,                        -- when a challenge was last asked for
    challenge_error text,                              -- why the last one did not do
    verified_at    timestamptz,                        -- when the address last answered one
    failures       integer     not null default 0,     -- in a row
    failing_since  timestamptz,
    held_until     timestamptz,                        -- nothing is sent before
    created_at     timestamptz not null,
    updated_at     timestamptz not null,
    constraint webhook_endpoints_disabled_has_cause check ((state = 'DISABLED') = (disabled_because is not null)),
    constraint webhook_endpoints_active_is_verified check (state <> 'ACTIVE' or verified_at is not null)
);
create index webhook_endpoints_client_idx on webhook_endpoints (client_id, id);
create index webhook_endpoints_active_idx on webhook_endpoints (reg_no) where state = 'ACTIVE';

-- One event on its way to one endpoint. No foreign keys: rows come in crowds, and endpoints and events are never removed.
create table webhook_deliveries (
    endpoint_id    uuid        not null,
    event_id       uuid        not null,               -- the `webhook-id`, the same over all attempts
    position       bigint      not null,
    subject        uuid        not null,               -- what is about one record comes in order
    kind           text        not null,
    state          text        not null default 'WAITING'
        constraint webhook_deliveries_state check (state in ('WAITING', 'DELIVERED', 'GIVEN_UP')),
    attempts       integer     not null default 0,     -- all of them
    tries          integer     not null default 0,     -- since it was (re)played: where it stands in the schedule
    due_at         timestamptz not null,
    leased_until   timestamptz,                        -- a worker is at it
    last_status    smallint,
    last_error     text,
    created_at     timestamptz not null,
    settled_at     timestamptz,
    primary key (endpoint_id, event_id),
    constraint webhook_deliveries_settled_has_time check ((state = 'WAITING') = (settled_at is null))
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
create index webhook_deliveries_due_idx on webhook_deliveries (endpoint_id, due_at, position) where state = 'WAITING';
create index webhook_deliveries_order_idx on webhook_deliveries (endpoint_id, subject, position) where state = 'WAITING';
create index webhook_deliveries_settled_idx on webhook_deliveries using brin (settled_at);

-- Every attempt, and what came of it.
create table webhook_attempts (
    endpoint_id    uuid        not null,
    event_id       uuid        not null,
    number         integer     not null,
    at             timestamptz not null,
    took_ms        integer     not null,
    status         smallint,                           -- null: no answer
    error          text,
    primary key (endpoint_id, event_id, number)
);
