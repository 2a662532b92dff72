-- Imports of declarations (批量导入): a file as it came, its items, and what became of each.
create table declaration_imports (
    id           uuid        primary key,
    reg_no       text        not null,                 -- whose it is
    actor_id     uuid        not null,                 -- who asked, and in whose name it is filed
    is_staff     boolean     not null,                 -- a person; else a client
    format       text        not null
        constraint declaration_imports_format check (format in ('CSV', 'XLSX', 'NDJSON')),
    original     bytea       not null,                 -- byte by byte
    sha256       bytea       not null constraint declaration_imports_sha256 check (length(sha256) = 32),
    dry_run      boolean     not null,
    state        text        not null
        constraint declaration_imports_state check (state in ('RUNNING', 'DONE', 'CANCELLED', 'STOPPED')),
    items        int         not null constraint declaration_imports_items check (items > 0),
    position     int         not null default 0,       -- the last item that is answered
    accepted     int         not null default 0,
    in_review    int         not null default 0,
    needs_correction int     not null default 0,
    repeated     int         not null default 0,
    refused      int         not null default 0,
    unreadable   int         not null default 0,
    asked_at     timestamptz not null,
    begun_at     timestamptz,                          -- when the first items were answered
    ended_at     timestamptz,
    updated_at   timestamptz not null,
    constraint declaration_imports_position check (position between 0 and items),
    -- Every answer is counted once, in the transaction that gives it.
    constraint declaration_imports_counts check (
        accepted + in_review + needs_correction + repeated + refused + unreadable = position),
    constraint declaration_imports_ended check ((state = 'RUNNING') = (ended_at is null)),
    constraint declaration_imports_done check (state <> 'DONE' or position = items)
);
create index declaration_imports_reg_no_idx on declaration_imports (reg_no, id);

create table declaration_import_items (
    import_id    uuid        not null references declaration_imports,
    number       int         not null,                 -- from one, in the order of the file
    line         int         not null,
    last_line    int         not null,
    ent_decl_no  text,
    content      text,                                 -- canonical; until it is answered: a version keeps it then
    places       jsonb       not null,                 -- on which lines its parts stand
    outcome      text
        constraint declaration_import_items_outcome check (outcome in (
            'ACCEPTED', 'IN_REVIEW', 'NEEDS_CORRECTION', 'REPEATED', 'REFUSED', 'UNREADABLE')),
    declaration_id uuid,                               -- of a dry run there is none
    decl_no      text,
    problem      text,                                 -- the code of a refusal
    detail       text,
    defects      jsonb       not null,
    primary key (import_id, number)
);
