-- Queries of devices that people keep under a name, for everybody in the tenant.
create table inventory_device_view (
  tenant_id int not null references platform_tenant,
  name text not null check (name ~ '^[a-z0-9][a-z0-9-]{0,39}$'),
  query text not null check (length(query) between 1 and 2000),
  created_by text not null,
  created_at timestamptz not null,
  primary key (tenant_id, name)
);

alter table inventory_device_view enable row level security;
alter table inventory_device_view force row level security;
create policy tenant on inventory_device_view
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

-- What a name stands for never changes: it is removed, and made anew.
grant select, insert, delete on inventory_device_view to suture_app, suture_worker;
