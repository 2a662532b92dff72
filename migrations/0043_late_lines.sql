-- What the bank booked on a day that is closed by now comes with the statement of a later day, and says so (R6).

alter table statement_lines
    add column belongs_to date,                        -- the closed day; null: the day of the statement
    add constraint statement_lines_late check (belongs_to < day);
alter table day_differences
    add column belongs_to date,
    add constraint day_differences_late check (belongs_to < day);

-- Whether an earlier day has told of a booking already.
create index statement_lines_ref_idx on statement_lines (bank_code, bank_ref);
create index day_differences_ref_idx on day_differences (bank_code, bank_ref);
