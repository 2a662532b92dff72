-- What is filed by the thousand is compressed by the quicker of the two methods, where this server was built with it.
-- Both can be read by any server that has them; nothing else depends on which one wrote a value.
do $$ begin
    if exists (select from pg_settings where name = 'default_toast_compression' and 'lz4' = any(enumvals)) then
        alter table declaration_versions alter column content set compression lz4;
        alter table declaration_versions alter column receipt set compression lz4;
    end if;
end $$;
