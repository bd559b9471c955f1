-- What would fix it, what matters first, and whether the patch is safe.

create table releases_vendor_key (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  manufacturer text not null,
  name text not null,
  key_id text not null,
  public_key text not null,
  created_by text not null,
  created_at timestamptz not null,
  revoked_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, manufacturer, key_id)
);

create table releases_artifact (
  tenant_id int not null references platform_tenant,
  sha256 bytea not null check (length(sha256) = 32),
  sha1 bytea not null check (length(sha1) = 20),
  md5 bytea not null check (length(md5) = 16),
  length bigint not null check (length > 0),
  file_name text not null,
  uploaded_by text not null,
  uploaded_at timestamptz not null,
  primary key (tenant_id, sha256)
);

-- The vendor's word for an artifact, checked before it is stored.
create table releases_signature (
  tenant_id int not null references platform_tenant,
  sha256 bytea not null,
  vendor_key_id uuid not null,
  signature bytea not null check (length(signature) = 64),
  verified_at timestamptz not null,
  primary key (tenant_id, sha256, vendor_key_id),
  foreign key (tenant_id, sha256) references releases_artifact,
  foreign key (tenant_id, vendor_key_id) references releases_vendor_key
);

create table releases_release (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  name text not null,
  version text not null,
  state text not null check (state in ('draft', 'lab-passed', 'published', 'deprecated', 'withdrawn')),
  created_by uuid not null,
  created_at timestamptz not null,
  -- SHA-256 of the statement's payload that the signer was asked to sign; the statement itself is the authority.
  statement_digest bytea check (length(statement_digest) = 32),
  published_at timestamptz,
  -- The lab's newest verdict in its envelope, and the SHA-256 of its payload; the signer verifies it against its roster.
  verdict bytea,
  verdict_digest bytea check (length(verdict_digest) = 32),
  primary key (tenant_id, id)
);

-- Which bytes go on which revision of which model; an empty revision means all that are not named.
create table releases_target (
  tenant_id int not null references platform_tenant,
  release_id uuid not null,
  model_id int not null,
  hardware_revision text not null,
  sha256 bytea not null,
  primary key (tenant_id, release_id, model_id, hardware_revision),
  foreign key (tenant_id, release_id) references releases_release,
  foreign key (tenant_id, sha256) references releases_artifact
);

-- What a match means in a context, with everything it was decided from, so that it can be decided again and compared.
create table risk_decision (
  tenant_id int not null references platform_tenant,
  bill_id int not null,
  vulnerability_id text not null,
  context_id int not null,
  decision_table text not null,
  policy text not null,
  table_row int not null,
  outcome text not null,
  -- How long there is; none when the next upgrade is early enough.
  days int,
  inputs jsonb not null,
  insufficient text[] not null,
  clock_start timestamptz not null,
  due_at timestamptz check ((due_at is null) = (days is null)),
  decided_at timestamptz not null,
  -- What it was decided from, to tell when that has changed: the record, and the match.
  document_id int not null,
  verdict text not null check (verdict in ('affected', 'unknown')),
  matched_at timestamptz not null,
  primary key (tenant_id, bill_id, vulnerability_id, context_id)
);
create index risk_decision_by_due on risk_decision (tenant_id, due_at);

create table lab_rig (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  device_id bigint not null,
  name text not null,
  -- What the rig goes back to after a test.
  base_sha256 bytea not null check (length(base_sha256) = 32),
  base_version text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id),
  unique (tenant_id, device_id),
  unique (tenant_id, name)
);

create table lab_run (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  release_id uuid not null,
  state text not null check (state in ('running', 'passed', 'failed')),
  started_at timestamptz not null,
  started_by text not null,
  -- How long each step of a trial may take.
  step_seconds int not null check (step_seconds > 0),
  ended_at timestamptz,
  -- The verdict in its envelope, signed by the lab.
  verdict bytea,
  verdict_digest bytea check (length(verdict_digest) = 32),
  primary key (tenant_id, id)
);
create index lab_run_by_release on lab_run (tenant_id, release_id);
create unique index lab_run_open on lab_run (tenant_id, release_id) where state = 'running';

-- One rig's passage through one test: install, boot, health, roll back.
create table lab_trial (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  run_id uuid not null,
  rig_id uuid not null,
  device_id bigint not null,
  -- What the rig was and ran when the test began.
  cell jsonb not null,
  sha256 bytea not null check (length(sha256) = 32),
  version text not null,
  base_sha256 bytea not null check (length(base_sha256) = 32),
  base_version text not null,
  action_id int not null,
  roll_back_action_id int not null,
  step text not null check (step in ('install', 'boot', 'health', 'roll-back', 'over')),
  -- The rig's last word about what it is to do now, and how often in a row it was then read as it should be.
  said text,
  good int not null default 0,
  -- Whether the rig is told to go back to its base version.
  asked boolean not null default false,
  failure text check (failure in ('install-failed', 'silent', 'no-boot', 'unhealthy', 'roll-back-failed')),
  outcome text check (outcome in ('passed', 'failed')),
  detail text,
  step_since timestamptz not null,
  read_at timestamptz,
  found text check (found in ('wanted', 'base', 'other', 'stranger', 'no-answer')),
  ended_at timestamptz,
  primary key (tenant_id, id),
  foreign key (tenant_id, run_id) references lab_run,
  foreign key (tenant_id, rig_id) references lab_rig,
  check ((step = 'over') = (outcome is not null)),
  check ((step = 'over') = (ended_at is not null))
);
-- A rig is in one test at a time.
create unique index lab_trial_open on lab_trial (tenant_id, device_id) where step <> 'over';
create index lab_trial_by_run on lab_trial (tenant_id, run_id);
create index lab_trial_by_device on lab_trial (tenant_id, device_id);

alter table releases_vendor_key enable row level security;
alter table releases_vendor_key force row level security;
create policy tenant on releases_vendor_key
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table releases_artifact enable row level security;
alter table releases_artifact force row level security;
create policy tenant on releases_artifact
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table releases_signature enable row level security;
alter table releases_signature force row level security;
create policy tenant on releases_signature
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table releases_release enable row level security;
alter table releases_release force row level security;
create policy tenant on releases_release
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table releases_target enable row level security;
alter table releases_target force row level security;
create policy tenant on releases_target
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table risk_decision enable row level security;
alter table risk_decision force row level security;
create policy tenant on risk_decision
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table lab_rig enable row level security;
alter table lab_rig force row level security;
create policy tenant on lab_rig
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on lab_rig as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = lab_rig.tenant_id and d.id = lab_rig.device_id));

alter table lab_run enable row level security;
alter table lab_run force row level security;
create policy tenant on lab_run
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table lab_trial enable row level security;
alter table lab_trial force row level security;
create policy tenant on lab_trial
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on lab_trial as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = lab_trial.tenant_id and d.id = lab_trial.device_id));

grant select, insert, update, delete on
  releases_vendor_key, releases_artifact, releases_signature, releases_release, releases_target,
  lab_rig, lab_run, lab_trial to suture_app, suture_worker;
-- Decisions follow from knowledge and inventory: the worker makes them, and nobody else.
grant select, insert, update, delete on risk_decision to suture_worker;
grant select on risk_decision to suture_app;
