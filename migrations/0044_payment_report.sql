-- Reports count a payment on the day on which it was settled, or, while the bank has not decided, was sent.

create index payments_settled_idx on payments (settled_at);
create index payments_unheard_idx on payments (sent_at) where settled_at is null and sent_at is not null;
