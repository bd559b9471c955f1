-- What new plans begin from; a tenant without a row has what the program proposes.
create table deployment_plan_defaults (
  tenant_id int primary key references platform_tenant,
  -- The profile that set all of it; none once somebody changed a part.
  profile text check (profile in ('plant', 'device-maker', 'hospital')),
  preset text not null check (preset in ('careful', 'usual')),
  silence_seconds int not null check (silence_seconds between 1 and 31622400),
  hours int not null check (hours between 1 and 8784),
  set_by text not null,
  set_at timestamptz not null
);

alter table deployment_plan_defaults enable row level security;
alter table deployment_plan_defaults force row level security;
create policy tenant on deployment_plan_defaults
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

grant select, insert, update on deployment_plan_defaults to suture_app, suture_worker;
