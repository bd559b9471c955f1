-- Digests are sent by one worker at a time, and webhooks stand in the name of whoever had them go on last.
alter table integrations_digest add column held_until timestamptz;

alter table integrations_webhook rename column created_by to maker;

-- Each open page counts the dead every few seconds, and what was delivered is kept for a week.
create index integrations_delivery_dead on integrations_delivery (tenant_id, webhook_id) where state = 'dead';
