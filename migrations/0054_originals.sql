-- Declarations that came as messages of other systems: the message byte by byte, and what of it was not carried over.
create table declaration_originals (
    declaration_id uuid      primary key references declarations,
    format       text        not null
        constraint declaration_originals_format check (format in ('ECIQ', 'WCO')),
    original     bytea       not null,
    sha256       bytea       not null constraint declaration_originals_sha256 check (length(sha256) = 32),
    unmapped     jsonb       not null,
    received_at  timestamptz not null
);
create trigger declaration_originals_are_final before update or delete or truncate on declaration_originals
    for each statement execute function history_is_final();
