-- What happened, and what is still owed. Both are written with the change they speak of.

create table events (
    id            uuid        primary key,
    seq           bigint      generated always as identity,   -- the order within one moment
    at            timestamptz not null,
    kind          text        not null,                -- `declaration.accepted`
    subject       uuid        not null,                -- whose timeline it stands in
    actor_kind    text        not null
        constraint events_actor_kind check (actor_kind in ('SYSTEM', 'STAFF', 'CLIENT', 'BANK')),
    actor_id      uuid,                                -- null for the system and the bank
    organisation  text        not null,                -- office code, reg_no, bank code or SYSTEM
    previous      text,                                -- the state left, where a state was left
    next          text,
    reason        text,
    data          jsonb       not null
);
create index events_subject_idx on events (subject, at, seq);

create function history_is_final() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name using errcode = 'restrict_violation';
end $$;

create trigger events_are_final before update or delete or truncate on events
    for each statement execute function history_is_final();

-- What is owed. A job is done only when its row says so; the bell in Redis may be lost at any time.
create table jobs (
    id            uuid        primary key,
    kind          text        not null,
    lane          text        not null
        constraint jobs_lane check (lane in ('inward', 'outward')),
    subject       uuid        not null,                -- the record the work is about
    data          jsonb       not null,                -- ids only, never snapshots
    state         text        not null default 'ready'
        constraint jobs_state check (state in ('ready', 'running', 'done', 'dead')),
    rings         integer     not null default 0,
    attempt       integer     not null default 0,      -- fences: only the latest claim may settle
    max_attempts  integer     not null,
    created_at    timestamptz not null,
    due_at        timestamptz not null,
    ring_at       timestamptz,                         -- when the relay must ring (again): due, or rung and
                                                       -- unanswered, or the lease of a claim is over
    settled_at    timestamptz,
    error         text,
    constraint jobs_open_will_ring check ((state in ('ready', 'running')) = (ring_at is not null)),
    constraint jobs_settled_has_time check ((state in ('done', 'dead')) = (settled_at is not null))
) with (autovacuum_vacuum_scale_factor = 0.02, autovacuum_analyze_scale_factor = 0.05);
create index jobs_ring_idx on jobs (lane, ring_at) where ring_at is not null;
create index jobs_dead_idx on jobs (id) where state = 'dead';

-- What recurs, and when it is promised next. One row is locked by one worker: two never double it.
create table schedules (
    name          text        primary key,             -- the kind of the job
    next_at       timestamptz not null,
    job           uuid                                 -- the latest promise
);

-- Who was alive when. `GET /health/flow` reads it, so that the api never has to talk to Redis.
create table heartbeats (
    name          text        primary key,             -- a worker process; new with each start
    at            timestamptz not null,
    redis_at      timestamptz                          -- when Redis last answered that worker
);

-- The first answer given under an Idempotency-Key, kept for a week.
create table idempotency_keys (
    caller        uuid        not null,
    operation     text        not null,                -- method and route
    key           text        not null,
    fingerprint   bytea       not null,                -- SHA-256 of path and body
    status        smallint,                            -- null while the first call is under way
    reply         jsonb,
    created_at    timestamptz not null,
    primary key (caller, operation, key)
);
create index idempotency_keys_age_idx on idempotency_keys (created_at);
