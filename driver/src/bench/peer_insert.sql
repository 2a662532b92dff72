-- One row into one table: the least that a durable write can be.
insert into declarations (id, decl_reg_no, ent_decl_no, apl_kind, decl_code, kind, direct_bureau, do_key,
    consignee_code, decl_no, status, version, decl_org, release_org, insp_org, holder_org, anywhere, credit_class,
    filed_at, accepted_at, updated_at)
select v7(), '3100600001', 'I-' || serial, 'I', '13', 'OUTSIDE_CATALOGUE', '310000', 'COSUI' || serial || '||I' || serial,
    '3100600001', '3109001' || lpad(serial::text, 8, '0'), 'CONFORMING', 1, '310900', '310900', '310700', '310900',
    true, 'B', now(), now(), now()
from nextval('peer_serial') as serial;
