-- Since when the server has heard devices without a break: whoever has not come by then may not have found it there.
alter table deployment_heartbeat add column since timestamptz not null default now();
alter table deployment_heartbeat alter column since drop default;
