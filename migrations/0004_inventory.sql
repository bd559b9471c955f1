-- What we have: sites, models, bills, devices and what is known about them. Forward only.
-- A device points to one bill and one context; both are interned, so that a patched device is one changed integer.
-- Rows that belong to one device obey a second policy: who is limited to sites sees nothing of the others.

create table inventory_site (
  tenant_id int not null references platform_tenant,
  id int generated always as identity,
  name text not null check (length(name) between 1 and 200),
  -- Where Suture may send a request by itself; none means nowhere.
  probe_networks text[] not null default '{}',
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, name)
);

create table inventory_model (
  tenant_id int not null references platform_tenant,
  id int generated always as identity,
  manufacturer text not null,
  name text not null,
  type text not null,
  primary key (tenant_id, id),
  unique (tenant_id, manufacturer, name)
);

create table inventory_component (
  tenant_id int not null references platform_tenant,
  id int generated always as identity,
  digest bytea not null check (length(digest) = 32),
  supplier text not null,
  name text not null,
  version text not null,
  purl text,
  cpe text,
  primary key (tenant_id, id),
  unique (tenant_id, digest)
);

create table inventory_bill (
  tenant_id int not null references platform_tenant,
  id int generated always as identity,
  digest bytea not null check (length(digest) = 32),
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, digest)
);

create table inventory_bill_component (
  tenant_id int not null references platform_tenant,
  bill_id int not null,
  component_id int not null,
  primary key (tenant_id, bill_id, component_id),
  foreign key (tenant_id, bill_id) references inventory_bill,
  foreign key (tenant_id, component_id) references inventory_component
);
create index inventory_bill_component_by_component on inventory_bill_component (tenant_id, component_id, bill_id);

-- Which bill a firmware version of a model stands for.
create table inventory_firmware (
  tenant_id int not null references platform_tenant,
  model_id int not null,
  version text not null,
  bill_id int not null,
  primary key (tenant_id, model_id, version),
  foreign key (tenant_id, model_id) references inventory_model,
  foreign key (tenant_id, bill_id) references inventory_bill
);

create table inventory_context (
  tenant_id int not null references platform_tenant,
  id int generated always as identity,
  exposure text not null check (exposure in ('exposed', 'internal', 'isolated', 'unknown')),
  criticality text not null check (criticality in ('low', 'medium', 'high', 'critical', 'unknown')),
  safety_role text not null check (safety_role in ('none', 'safety-related', 'safety-critical', 'unknown')),
  data_sensitivity text not null check (data_sensitivity in ('none', 'internal', 'personal', 'secret', 'unknown')),
  primary key (tenant_id, id),
  unique (tenant_id, exposure, criticality, safety_role, data_sensitivity)
);

create table inventory_device (
  tenant_id int not null references platform_tenant,
  id bigint generated always as identity,
  uid uuid not null,
  name text not null,
  serial text not null,
  model_id int not null,
  hardware_revision text not null,
  bootloader text,
  firmware text not null,
  site_id int,
  area text,
  zone text,
  bill_id int not null,
  bill_assurance text not null check (bill_assurance in ('claimed', 'observed', 'signed', 'measured', 'attested')),
  context_id int not null,
  state text not null check (state in ('quarantined', 'live', 'quiet', 'silent', 'asleep', 'isolated', 'retired')),
  -- A lab device: no rollout ever reaches it.
  is_rig boolean not null default false,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, model_id) references inventory_model,
  foreign key (tenant_id, site_id) references inventory_site,
  foreign key (tenant_id, bill_id) references inventory_bill,
  foreign key (tenant_id, context_id) references inventory_context
) with (fillfactor = 80);
create index inventory_device_by_uid on inventory_device (tenant_id, uid);
create index inventory_device_by_bill on inventory_device (tenant_id, bill_id, id);
create index inventory_device_by_model on inventory_device (tenant_id, model_id, id);
create index inventory_device_by_site on inventory_device (tenant_id, site_id, id);

-- The devices that wait for a person, narrow so that they are counted at each registration: an index on the state,
-- which changes with every silence, would make each change of it dearer.
create table inventory_quarantine (
  tenant_id int not null references platform_tenant,
  device_id bigint not null,
  at timestamptz not null,
  primary key (tenant_id, device_id),
  foreign key (tenant_id, device_id) references inventory_device
);

-- What finds a device from outside: its serial, its controller id. No two devices share one.
create table inventory_device_key (
  tenant_id int not null references platform_tenant,
  kind text not null check (kind in ('serial', 'controller-id')),
  value text not null check (length(value) between 1 and 200),
  device_id bigint not null,
  primary key (tenant_id, kind, value),
  foreign key (tenant_id, device_id) references inventory_device
);
create index inventory_device_key_by_device on inventory_device_key (tenant_id, device_id);

-- SHA-256 of the secret that a device shows; 128 random bits and more need no salt.
create table inventory_device_secret (
  tenant_id int not null references platform_tenant,
  device_id bigint not null,
  hash bytea not null check (length(hash) = 32),
  created_at timestamptz not null,
  primary key (tenant_id, device_id),
  foreign key (tenant_id, device_id) references inventory_device
);

-- A secret with which devices that nobody knows yet may register themselves, into quarantine.
create table inventory_gateway (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  name text not null,
  hash bytea not null check (length(hash) = 32),
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (tenant_id, id)
);

-- What each source said of a device, one row a source, because an import says a dozen things of thousands of devices in
-- one transaction; the device row holds what follows. `told` maps a fact's name to its value, assurance and time.
create table inventory_fact (
  tenant_id int not null references platform_tenant,
  device_id bigint not null,
  source text not null,
  told jsonb not null,
  primary key (tenant_id, device_id, source),
  foreign key (tenant_id, device_id) references inventory_device
);

-- Where a device's identity may be read by us, and which operator confirmed that.
create table inventory_endpoint (
  tenant_id int not null references platform_tenant,
  device_id bigint not null,
  protocol text not null check (protocol in ('http', 'coap')),
  host text not null,
  port int not null check (port between 1 and 65535),
  path text not null,
  confirmed_by text not null,
  confirmed_at timestamptz not null,
  primary key (tenant_id, device_id),
  foreign key (tenant_id, device_id) references inventory_device
);

create table inventory_device_bill (
  tenant_id int not null references platform_tenant,
  device_id bigint not null,
  from_at timestamptz not null,
  to_at timestamptz,
  bill_id int not null,
  assurance text not null check (assurance in ('claimed', 'observed', 'signed', 'measured', 'attested')),
  -- What made us believe it: a source and its reference.
  evidence jsonb not null,
  primary key (tenant_id, device_id, from_at),
  foreign key (tenant_id, device_id) references inventory_device,
  foreign key (tenant_id, bill_id) references inventory_bill
);

-- Nothing else in this row and no index on the time: it is written at every poll.
create table inventory_seen (
  tenant_id int not null references platform_tenant,
  device_id bigint not null,
  at timestamptz not null,
  primary key (tenant_id, device_id)
) with (fillfactor = 50);

-- The action ids of DDI are int32 and never used twice.
create sequence inventory_action_id as int;

alter table inventory_site enable row level security;
alter table inventory_site force row level security;
create policy tenant on inventory_site
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on inventory_site as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or id = any ((select nullif(nullif(current_setting('app.site_ids', true), '*'), ''))::int[]));

alter table inventory_model enable row level security;
alter table inventory_model force row level security;
create policy tenant on inventory_model
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table inventory_component enable row level security;
alter table inventory_component force row level security;
create policy tenant on inventory_component
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table inventory_bill enable row level security;
alter table inventory_bill force row level security;
create policy tenant on inventory_bill
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table inventory_bill_component enable row level security;
alter table inventory_bill_component force row level security;
create policy tenant on inventory_bill_component
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table inventory_firmware enable row level security;
alter table inventory_firmware force row level security;
create policy tenant on inventory_firmware
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table inventory_context enable row level security;
alter table inventory_context force row level security;
create policy tenant on inventory_context
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table inventory_device enable row level security;
alter table inventory_device force row level security;
create policy tenant on inventory_device
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on inventory_device as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or site_id = any ((select nullif(nullif(current_setting('app.site_ids', true), '*'), ''))::int[]));

alter table inventory_quarantine enable row level security;
alter table inventory_quarantine force row level security;
create policy tenant on inventory_quarantine
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on inventory_quarantine as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = inventory_quarantine.tenant_id and d.id = inventory_quarantine.device_id));

alter table inventory_device_key enable row level security;
alter table inventory_device_key force row level security;
create policy tenant on inventory_device_key
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on inventory_device_key as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = inventory_device_key.tenant_id and d.id = inventory_device_key.device_id));

alter table inventory_device_secret enable row level security;
alter table inventory_device_secret force row level security;
create policy tenant on inventory_device_secret
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on inventory_device_secret as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = inventory_device_secret.tenant_id and d.id = inventory_device_secret.device_id));

alter table inventory_gateway enable row level security;
alter table inventory_gateway force row level security;
create policy tenant on inventory_gateway
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table inventory_fact enable row level security;
alter table inventory_fact force row level security;
create policy tenant on inventory_fact
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on inventory_fact as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = inventory_fact.tenant_id and d.id = inventory_fact.device_id));

alter table inventory_endpoint enable row level security;
alter table inventory_endpoint force row level security;
create policy tenant on inventory_endpoint
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on inventory_endpoint as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = inventory_endpoint.tenant_id and d.id = inventory_endpoint.device_id));

alter table inventory_device_bill enable row level security;
alter table inventory_device_bill force row level security;
create policy tenant on inventory_device_bill
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on inventory_device_bill as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = inventory_device_bill.tenant_id and d.id = inventory_device_bill.device_id));

alter table inventory_seen enable row level security;
alter table inventory_seen force row level security;
create policy tenant on inventory_seen
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on inventory_seen as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = inventory_seen.tenant_id and d.id = inventory_seen.device_id));

grant select, insert, update, delete on
  inventory_site, inventory_model, inventory_firmware, inventory_device, inventory_device_key, inventory_device_secret,
  inventory_gateway, inventory_fact, inventory_endpoint, inventory_seen, inventory_quarantine to suture_app, suture_worker;
-- Interned rows never change.
grant select, insert on inventory_component, inventory_bill, inventory_bill_component, inventory_context
  to suture_app, suture_worker;
-- History is only ever added to, except that the last entry gets an end.
grant select, insert on inventory_device_bill to suture_app, suture_worker;
grant update (to_at) on inventory_device_bill to suture_app, suture_worker;
grant usage on sequence inventory_action_id to suture_app, suture_worker;
