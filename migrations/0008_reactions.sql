-- How far the tenant's events have been turned into tasks. A row of its own, so that two processes take turns.
create table platform_reactor (
  tenant_id int not null references platform_tenant,
  epoch int not null default 0,
  xid xid8 not null default '0',
  id bigint not null default 0,
  moved_at timestamptz not null,
  primary key (tenant_id)
) with (fillfactor = 50);

alter table platform_reactor enable row level security;
alter table platform_reactor force row level security;
create policy tenant on platform_reactor
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

grant select, insert, update on platform_reactor to suture_worker;
