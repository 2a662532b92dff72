-- What one lone filing writes, as one statement: `rows` declarations outside the catalogue that were not drawn, half
-- of them on their way to another office. Documents and receipts are those of a real filing, and come as parameters
-- each time; ids are ordered by time as ours are, numbers come from blocks. The constants are parsed once, and a
-- batch reads its document once for all its rows: both in favour of this side.
with filed as materialized (
    select v7() as id, nextval('peer_serial') as serial, now() as at, random() < 0.5 as is_away,
        '31' || lpad((1 + row % 17)::text, 2, '0') || '00' as decl_org, '311800' as other_org
    from generate_series(:first::int, :first::int + {rows} - 1) as row
), declared as (
    insert into declarations (id, decl_reg_no, ent_decl_no, apl_kind, decl_code, kind, direct_bureau, do_key,
        consignee_code, decl_no, status, version, decl_org, release_org, insp_org, holder_org, anywhere,
        credit_class, filed_at, accepted_at, updated_at)
    select id, '3100600001', 'P-' || serial, 'I', '13', 'OUTSIDE_CATALOGUE', '310000', 'COSUP' || serial || '||P' || serial,
        '3100600001', decl_org || '1' || lpad(serial::text, 8, '0'), 'CONFORMING', 1, decl_org,
        case when is_away then other_org else decl_org end, '310700', decl_org, true, 'B', at, at, at
    from filed
    on conflict do nothing
), kept as (
    insert into declaration_versions (declaration_id, version, cause, content, content_hash, defects, receipt, filed_at)
    select id, 1, 'FILED', :content::jsonb, :hash::bytea, :defects::jsonb, :receipt::jsonb, at
    from filed
), drawn as (
    insert into selections (declaration_id, decl_no, drawn_at, rate_ppm, inputs, draw, key_id, is_mandatory,
        is_selected, reason)
    select id, decl_org || '1' || lpad(serial::text, 8, '0'), at, 50000, :inputs::jsonb, int8send(serial),
        'draw-0001', false, false, 'NOT_DRAWN'
    from filed
), offered as (
    insert into handoffs (id, declaration_id, from_org, to_org, cause, state, offered_at, expires_at, offer_receipt)
    select v7(), id, decl_org, other_org, 'CONFORMING', 'OFFERED', at, at + interval '30 minutes', :hash
    from filed where is_away
    returning id, declaration_id
), told as (
    insert into events (id, at, kind, subject, actor_kind, actor_id, organisation, previous, next, data)
    select v7(), filed.at, happened.kind, filed.id, happened.actor, happened.actor_id, happened.organisation,
        happened.previous, happened.next, happened.data
    from filed cross join lateral (values
        ('declaration.filed', 'CLIENT', filed.id, '3100600001', null, null,
            '{"version": 1, "decl_org": "310100", "release_org": "310900", "findings": 0}'::jsonb),
        ('declaration.accepted', 'SYSTEM', null, 'SYSTEM', 'E_REVIEW', 'CONFORMING',
            '{"version": 1, "decl_no": "310100114000123", "office": "310100"}'),
        ('handoff.offered', 'SYSTEM', null, 'SYSTEM', null, null,
            '{"handoff": "0198c1b0-0000-4000-8000-000000000000", "from_org": "310100", "to_org": "310900",
              "cause": "CONFORMING", "receipt": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}')
    ) as happened (kind, actor, actor_id, organisation, previous, next, data)
    where filed.is_away or happened.kind <> 'handoff.offered'
)
insert into jobs (id, kind, lane, subject, data, max_attempts, created_at, due_at, ring_at)
select v7(), case when is_away then 'handoff.answer' else 'clearance.release' end, 'inward', id,
    '{"declaration": "0198c1b0-0000-4000-8000-000000000000"}'::jsonb, 12, at, at, at
from filed;
