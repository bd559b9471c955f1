-- Getting it there, knowing, and proving it.

create table deployment_rollout (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  name text not null,
  release_id uuid not null,
  state text not null check (state in
    ('draft', 'awaiting-approval', 'scheduled', 'running', 'paused', 'stopped', 'rolling-back', 'finished', 'expired')),
  -- The canonical bytes that people approve and the signer signs. What runs is read from the signed statement.
  plan bytea not null,
  plan_digest bytea not null generated always as (sha256(plan)) stored,
  -- The frozen target set: a sorted list of device ids as big-endian int64; its digest stands in the plan.
  audience bytea not null,
  salt bytea not null check (length(salt) = 16),
  -- No wave above this one hands out jobs; 0 is none.
  open_wave int not null default 0,
  -- For how long the server itself could not hear devices while this ran, in milliseconds.
  deaf_ms bigint not null default 0,
  created_by uuid not null,
  created_at timestamptz not null,
  started_at timestamptz,
  -- Since when nobody new starts; the time until it goes on again does not count for the open wave.
  paused_at timestamptz,
  ended_at timestamptz,
  -- A code and its figures, as in `contract/reasons.ts`.
  why jsonb,
  primary key (tenant_id, id)
) with (fillfactor = 50);

create table deployment_approval (
  tenant_id int not null references platform_tenant,
  rollout_id uuid not null,
  person uuid not null,
  person_name text not null,
  key_id text not null,
  public_key text not null,
  signature text not null,
  plan_digest bytea not null,
  approved_at timestamptz not null,
  primary key (tenant_id, rollout_id, person),
  foreign key (tenant_id, rollout_id) references deployment_rollout
);

create table deployment_wave (
  tenant_id int not null references platform_tenant,
  rollout_id uuid not null,
  no int not null check (no >= 1),
  state text not null check (state in ('not-open', 'open', 'observing', 'passed', 'stopped')),
  opened_at timestamptz,
  observing_since timestamptz,
  -- The rollout's `deaf_ms` when the wave came into its state; less by the time for which it was paused since.
  deaf_ms bigint not null default 0,
  ended_at timestamptz,
  why jsonb,
  primary key (tenant_id, rollout_id, no),
  foreign key (tenant_id, rollout_id) references deployment_rollout
);

-- How far each wave reaches into each revision, in the order of the salted hash (0 … 2^32), and what became of the
-- devices that it reaches and no earlier wave does. The counters are kept by the transaction that moves the job.
create table deployment_stratum (
  tenant_id int not null references platform_tenant,
  rollout_id uuid not null,
  wave_no int not null,
  model_id int not null,
  hardware_revision text not null,
  reach bigint not null check (reach between 0 and 4294967296),
  devices int not null,
  offered int not null default 0,
  verified int not null default 0,
  failed int not null default 0,
  silent int not null default 0,
  other int not null default 0,
  primary key (tenant_id, rollout_id, wave_no, model_id, hardware_revision),
  foreign key (tenant_id, rollout_id) references deployment_rollout
) with (fillfactor = 50);

create table deployment_quarantine (
  tenant_id int not null references platform_tenant,
  rollout_id uuid not null,
  model_id int not null,
  hardware_revision text not null,
  wave_no int not null,
  why jsonb not null,
  at timestamptz not null,
  primary key (tenant_id, rollout_id, model_id, hardware_revision),
  foreign key (tenant_id, rollout_id) references deployment_rollout
);

create table deployment_job (
  tenant_id int not null references platform_tenant,
  device_id bigint not null,
  id uuid not null,
  rollout_id uuid not null,
  wave_no int not null,
  model_id int not null,
  hardware_revision text not null,
  action_id int not null,
  sha256 bytea not null,
  version_before text not null,
  version_wanted text not null,
  state text not null check (state in
    ('waiting', 'offered', 'downloading', 'downloaded', 'installing', 'rebooting', 'reported', 'cancelling',
     'verified', 'failed', 'silent', 'unverified', 'disputed', 'rolled-back', 'rejected', 'cancelled', 'superseded')),
  -- What the device says the end was; only our own reading makes it a result.
  claim text check (claim in ('success', 'failure')),
  class text,
  assurance text check (assurance in ('claimed', 'observed', 'signed', 'measured', 'attested')),
  version_after text,
  observed_at timestamptz,
  offered_at timestamptz not null,
  last_word_at timestamptz not null,
  -- The rollout's `deaf_ms` at the last word.
  deaf_ms bigint not null,
  read_after timestamptz,
  ended_at timestamptz,
  primary key (tenant_id, device_id, id),
  -- A device passes through a rollout once, whatever comes of it.
  unique (tenant_id, device_id, rollout_id),
  foreign key (tenant_id, rollout_id) references deployment_rollout
) with (fillfactor = 80);
create index deployment_job_by_rollout on deployment_job (tenant_id, rollout_id, wave_no);
create index deployment_job_by_action on deployment_job (tenant_id, device_id, action_id);

-- At most one open job on a device: claimed by compare-and-set on the generation.
create table deployment_device_slot (
  tenant_id int not null references platform_tenant,
  device_id bigint not null,
  job_id uuid,
  generation int not null,
  primary key (tenant_id, device_id)
) with (fillfactor = 50);

create table deployment_feedback (
  tenant_id int not null references platform_tenant,
  device_id bigint not null,
  job_id uuid not null,
  id bigint generated always as identity,
  at timestamptz not null,
  execution text not null,
  finished text not null,
  code int,
  details text[] not null,
  primary key (tenant_id, device_id, job_id, id)
);

-- What we read from a device ourselves, and what it meant.
create table deployment_reading (
  tenant_id int not null references platform_tenant,
  device_id bigint not null,
  id uuid not null,
  job_id uuid,
  at timestamptz not null,
  protocol text not null check (protocol in ('http', 'coap')),
  address text not null,
  outcome text not null check (outcome in ('as-wanted', 'as-before', 'other', 'contradicts', 'no-answer')),
  identity jsonb not null,
  primary key (tenant_id, device_id, id)
);

-- When the part of the server that hears devices was last alive, so that its own downtime is not taken for silence.
create table deployment_heartbeat (
  tenant_id int not null references platform_tenant,
  at timestamptz not null,
  primary key (tenant_id)
) with (fillfactor = 50);

create table compliance_evidence (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  rollout_id uuid not null,
  -- SHA-256 of the document that the signer was asked to sign.
  digest bytea not null check (length(digest) = 32),
  -- Everything of the pack except the signer's statement.
  parts jsonb not null,
  created_by text not null,
  created_at timestamptz not null,
  primary key (tenant_id, id)
);
create index compliance_evidence_by_rollout on compliance_evidence (tenant_id, rollout_id);

alter table deployment_rollout enable row level security;
alter table deployment_rollout force row level security;
create policy tenant on deployment_rollout
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table deployment_approval enable row level security;
alter table deployment_approval force row level security;
create policy tenant on deployment_approval
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table deployment_wave enable row level security;
alter table deployment_wave force row level security;
create policy tenant on deployment_wave
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table deployment_stratum enable row level security;
alter table deployment_stratum force row level security;
create policy tenant on deployment_stratum
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table deployment_quarantine enable row level security;
alter table deployment_quarantine force row level security;
create policy tenant on deployment_quarantine
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table deployment_job enable row level security;
alter table deployment_job force row level security;
create policy tenant on deployment_job
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on deployment_job as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = deployment_job.tenant_id and d.id = deployment_job.device_id));

alter table deployment_device_slot enable row level security;
alter table deployment_device_slot force row level security;
create policy tenant on deployment_device_slot
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on deployment_device_slot as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = deployment_device_slot.tenant_id and d.id = deployment_device_slot.device_id));

alter table deployment_feedback enable row level security;
alter table deployment_feedback force row level security;
create policy tenant on deployment_feedback
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on deployment_feedback as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = deployment_feedback.tenant_id and d.id = deployment_feedback.device_id));

alter table deployment_reading enable row level security;
alter table deployment_reading force row level security;
create policy tenant on deployment_reading
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on deployment_reading as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or exists (select from inventory_device d where d.tenant_id = deployment_reading.tenant_id and d.id = deployment_reading.device_id));

alter table deployment_heartbeat enable row level security;
alter table deployment_heartbeat force row level security;
create policy tenant on deployment_heartbeat
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table compliance_evidence enable row level security;
alter table compliance_evidence force row level security;
create policy tenant on compliance_evidence
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

grant select, insert, update, delete on
  deployment_rollout, deployment_wave, deployment_stratum, deployment_quarantine, deployment_job,
  deployment_device_slot, deployment_heartbeat to suture_app, suture_worker;
-- Who approved, what a device said and what we read are never edited.
grant select, insert on deployment_approval, deployment_feedback, deployment_reading, compliance_evidence
  to suture_app, suture_worker;
