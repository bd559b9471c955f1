-- A device that failed passes through its rollout once more only when a person says so, and at most a few times.
alter table deployment_job
  add column attempt int not null default 1 check (attempt >= 1),
  -- When a person had the device tried again after this passage; moved by the time for which the rollout was paused
  -- since, in which nobody could come.
  add column again_at timestamptz,
  drop constraint deployment_job_tenant_id_device_id_rollout_id_key,
  add unique (tenant_id, device_id, rollout_id, attempt);

-- Waves are judged by first passages alone, so that nobody betters a wave by trying again; these count the others.
alter table deployment_stratum
  add column retries_asked int not null default 0,
  add column retries_offered int not null default 0,
  add column retries_ended int not null default 0,
  add column retries_verified int not null default 0;

-- The revisions that a person left out of the rest of a rollout. What became of them so far still counts.
create table deployment_hold (
  tenant_id int not null references platform_tenant,
  rollout_id uuid not null,
  model_id int not null,
  hardware_revision text not null,
  person_name text not null,
  reason text not null,
  at timestamptz not null,
  primary key (tenant_id, rollout_id, model_id, hardware_revision),
  foreign key (tenant_id, rollout_id) references deployment_rollout
);
alter table deployment_hold enable row level security;
alter table deployment_hold force row level security;
create policy tenant on deployment_hold
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
grant select, insert on deployment_hold to suture_app, suture_worker;
