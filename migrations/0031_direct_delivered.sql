-- Imports under direct release (0030) come to an end; exports tell where to (domain 4.5).

alter table direct_consignments drop constraint direct_consignments_state;
alter table direct_consignments add constraint direct_consignments_state check (state in (
    'ISSUED', 'AT_PORT', 'NOT_CHECKED', 'CHECK_OK', 'CHECK_ANOMALY', 'RESOLVED', 'STOPPED', 'EXITED', 'RETURNED',
    'AT_DESTINATION', 'DELIVERED'));
update direct_consignments set state = 'DELIVERED'
    where direction = 'IMPORT' and state in ('CHECK_OK', 'RESOLVED');
alter table direct_consignments
    add column destination_country text;                    -- exports only: some want certificates of the port
