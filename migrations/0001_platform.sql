-- Tenants, people, credentials, the record of events. Forward only.
-- Directory tables (no row-level security, because they are read before the tenant is known): platform_tenant,
-- platform_login, platform_credential, platform_epoch, platform_lease. Every other table is forced to its tenant.

create table platform_tenant (
  id int generated always as identity primary key,
  uid uuid not null unique,
  name text not null unique check (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
  created_at timestamptz not null
);

create table platform_login (
  login text primary key check (login = lower(login)),
  tenant_id int not null references platform_tenant,
  user_id uuid not null
);

-- What a secret that a caller shows stands for. Only SHA-256 of the secret is stored: 256 random bits need no salt.
create table platform_credential (
  hash bytea primary key check (length(hash) = 32),
  tenant_id int not null references platform_tenant,
  kind text not null check (kind in ('session', 'token', 'setup', 'invitation')),
  subject uuid not null,
  expires_at timestamptz
);
create index platform_credential_subject on platform_credential (tenant_id, subject);

-- One row. It grows when a backup is restored, so that a position from before is never mistaken for one after.
create table platform_epoch (
  only_row boolean primary key default true check (only_row),
  epoch int not null
);
insert into platform_epoch (epoch) values (1);

-- Which process runs tasks; a lease that is not renewed frees the tasks its pool held.
create table platform_lease (
  pool text primary key,
  process text not null,
  renewed_at timestamptz not null
);

create table platform_user (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  login text not null,
  name text not null,
  password text,
  roles text[] not null check (roles <@ array['viewer', 'operator', 'approver', 'publisher', 'auditor', 'admin']),
  site_ids int[],
  created_at timestamptz not null,
  disabled_at timestamptz,
  primary key (tenant_id, id)
);

create table platform_session (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  user_id uuid not null,
  agent text not null,
  created_at timestamptz not null,
  used_at timestamptz not null,
  expires_at timestamptz not null,
  primary key (tenant_id, id),
  foreign key (tenant_id, user_id) references platform_user
);
create index platform_session_user on platform_session (tenant_id, user_id);

create table platform_token (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  name text not null,
  permissions text[] not null,
  site_ids int[],
  created_by uuid not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, created_by) references platform_user
);

-- The outbox and the record of who did what. A position is (epoch, xid, id); readers stay below the oldest running
-- transaction, so that a commit which comes late is never passed over.
create table platform_event (
  tenant_id int not null references platform_tenant,
  epoch int not null,
  xid xid8 not null default pg_current_xact_id(),
  id bigint generated always as identity,
  at timestamptz not null,
  kind text not null,
  actor_kind text not null check (actor_kind in ('user', 'token', 'system')),
  actor_id text not null,
  actor_name text not null,
  subject text not null,
  detail jsonb not null,
  primary key (tenant_id, epoch, xid, id)
);

alter table platform_user enable row level security;
alter table platform_user force row level security;
create policy tenant on platform_user
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table platform_session enable row level security;
alter table platform_session force row level security;
create policy tenant on platform_session
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table platform_token enable row level security;
alter table platform_token force row level security;
create policy tenant on platform_token
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table platform_event enable row level security;
alter table platform_event force row level security;
create policy tenant on platform_event
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

grant select on platform_tenant, platform_epoch to suture_app, suture_worker;
grant select, insert, update, delete on
  platform_login, platform_credential, platform_user, platform_session, platform_token to suture_app, suture_worker;
grant select, insert, update, delete on platform_lease to suture_worker;
-- The record is only ever added to.
grant select, insert on platform_event to suture_app, suture_worker;
