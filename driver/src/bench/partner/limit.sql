-- The rows of one message of a thousand enterprises: the message with its receipt, the enterprises, an event for each,
-- and the job that was done. Constants are parsed once, which is in favour of this side.
with message as (
    insert into inbox (sender, id, kind, version, correlation_id, sequence, sent_at, received_at, payload,
        payload_hash, key_id, signature, state, settled_at, outcome, receipt)
    values ('320000', v7(), 'direct.enterprises', 1, gen_random_uuid(), 0, now(), now(), to_jsonb($1::text),
        'sha-256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08', 'bench', repeat('A', 88),
        'APPLIED', now(), '{"applied": 1000, "ignored": 0, "refused": []}', '{}')
), kept as (
    insert into direct_enterprises (id, reg_no, direction, state, version, granted_on, partner, created_at, updated_at)
    select v7(), '32' || lpad(nextval('peer_serial')::text, 8, '0'), 'EXPORT', 'APPROVED', 1, '2014-03-03', '320000',
        now(), now()
    from generate_series(1, 1000)
    returning id, reg_no
), told as (
    insert into events (id, at, kind, subject, actor_kind, organisation, data)
    select v7(), now(), 'direct_enterprise.told', id, 'PARTNER', '320000',
        jsonb_build_object('enterprise', id, 'reg_no', reg_no, 'direction', 'EXPORT', 'version', 1, 'state', 'APPROVED')
    from kept
)
insert into jobs (id, kind, lane, subject, data, state, max_attempts, created_at, due_at, settled_at)
values (v7(), 'exchange.apply', 'inward', gen_random_uuid(), '{"sender": "320000"}', 'done', 12, now(), now(), now());
