-- An SBOM on its way to become the bill of a firmware version: what was sent, how far it has come, and how it ended.
create table inventory_bill_import (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  model_id int not null,
  firmware text not null,
  -- The document, which stays in the blob store under this name.
  document bytea not null check (length(document) = 32),
  bytes bigint not null check (bytes >= 0),
  state text not null check (state in ('waiting', 'reading', 'storing', 'done', 'refused', 'given-up')),
  -- How many components there are once it was read, the firmware itself included, and how many of them are stored.
  components int check (components >= 1),
  stored int not null check (stored between 0 and coalesce(components, 0)),
  bill_id int,
  -- The devices that got another bill.
  devices int,
  refusal_code text check (refusal_code like 'input/%'),
  refusal_detail text,
  -- Who sent it, in whose name the bill is made.
  actor_kind text not null check (actor_kind in ('user', 'token', 'system')),
  actor_id text not null,
  actor_name text not null,
  started_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, model_id) references inventory_model,
  foreign key (tenant_id, bill_id) references inventory_bill,
  check (state = 'given-up' or (components is not null) = (state in ('storing', 'done'))),
  check ((bill_id is not null and devices is not null and stored = components) = (state = 'done')),
  check ((bill_id is null) = (devices is null)),
  check ((refusal_code is not null) = (state = 'refused')),
  check ((refusal_detail is not null) = (refusal_code is not null)),
  check ((ended_at is not null) = (state in ('done', 'refused', 'given-up')))
);
create index inventory_bill_import_started on inventory_bill_import (tenant_id, started_at);
create index inventory_bill_import_firmware on inventory_bill_import (tenant_id, model_id, firmware, id);
create index inventory_bill_import_under_way on inventory_bill_import (tenant_id) where ended_at is null;

-- A backup holds the files that rows name: what begins with `file: ` says what such a column names.
comment on column inventory_bill_import.document is 'file: an SBOM that was sent';
comment on column releases_artifact.sha256 is 'file: an artifact';

alter table inventory_bill_import enable row level security;
alter table inventory_bill_import force row level security;
create policy tenant on inventory_bill_import
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
-- A bill moves the devices of all sites: whoever is limited to some is not told how many.
create policy site on inventory_bill_import as restrictive
  using ((select current_setting('app.site_ids', true)) = '*');

grant select, insert, update on inventory_bill_import to suture_app, suture_worker;
