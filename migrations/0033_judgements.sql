-- Whoever verified a treatment does not release the goods: asked before each release.
create index treatments_declaration_idx on treatments (declaration_id);
