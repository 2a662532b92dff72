-- What was closed, in the words that were signed: kept as bytes that anybody can verify years later with the public
-- keys of the bureau alone.
create table day_records (
    bank_code      text        not null,
    day            date        not null,
    record         text        not null,               -- RFC 8785 spelling, as it was signed
    bureau         text,                               -- null: this bureau had no keys when the day was closed
    key_id         text,
    signature      text,                               -- Ed25519 over the record, in base64
    primary key (bank_code, day),
    foreign key (bank_code, day) references bank_days,
    constraint day_records_signed_whole check (num_nonnulls(bureau, key_id, signature) in (0, 3))
);
create trigger day_records_are_final before update or delete on day_records
    for each row execute function closed_days_are_final();
