-- The bank takes a success back the same day (冲正): a word of its own, under the reference of what it takes back.

alter table bank_words
    drop constraint bank_words_outcome,
    add constraint bank_words_outcome check (outcome in ('SUCCESS', 'FAILED', 'REVERSED')),
    drop constraint bank_words_effect,
    add constraint bank_words_effect check (effect in (
        'SUCCEED', 'FAIL', 'SUSPEND', 'HOLD', 'CONTRADICT', 'REVERSE', 'NOTHING'));
