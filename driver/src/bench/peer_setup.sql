create sequence if not exists peer_serial cache 50;
-- Ordered by time, as the ids of Anyport are.
create or replace function v7() returns uuid language sql volatile as $$
    select encode(overlay(uuid_send(gen_random_uuid()) placing
        substring(int8send((extract(epoch from clock_timestamp()) * 1000)::bigint) from 3) from 1 for 6), 'hex')::uuid
$$;
