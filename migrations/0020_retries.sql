-- A device that failed passes through its rollout once more only when a person says so, and at most a few times.
alter table deployment_job
  add column attempt int not null default 1 check (attempt >= 1),
  -- What a person decided about a failed passage: one more may follow, or the device is left out of the rest.
  add column decided text check (decided in ('again', 'held')),
  -- Moved by the time for which the rollout was paused since, in which nobody could come.
  add column decided_at timestamptz,
  add column decided_by text,
  add column decided_why text,
  add check ((decided is null) = (decided_at is null) and (decided is null) = (decided_by is null)),
  drop constraint deployment_job_tenant_id_device_id_rollout_id_key,
  add unique (tenant_id, device_id, rollout_id, attempt);

-- Waves are judged by first passages alone, so that nobody betters a wave by trying again; these count the others.
alter table deployment_stratum
  add column retries_asked int not null default 0,
  add column retries_offered int not null default 0,
  add column retries_ended int not null default 0,
  add column retries_verified int not null default 0;
