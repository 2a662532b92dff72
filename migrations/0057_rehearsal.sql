-- What a caller asked for in test mode (`Test-Scenario`), about a declaration by its id or a fee notice by its number.
-- Kept beside the tables of the business, and empty in production.
create table test_scenarios (
    subject  text        primary key,
    scenario text        not null
        constraint test_scenarios_scenario check (scenario in (
            'INSPECTION_DRAWN', 'INSPECTION_FAILED', 'PAYMENT_REFUSED', 'PAYMENT_UNKNOWN', 'DUPLICATE_CALLBACK')),
    asked_at timestamptz not null
);
