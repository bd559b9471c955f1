-- What somebody does to many devices at once: drafted, started, and done in turns.
create table inventory_device_action (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  kind text not null check (kind in ('retire', 'admit')),
  site_id int,
  -- What was asked for; none where the devices were named.
  query text,
  state text not null check (state in ('draft', 'running', 'done', 'stopped')),
  -- Whose sites it was drafted with, where those are not all: who sees fewer does not see it.
  site_ids int[],
  -- Who drafted it, in whose name it is done.
  actor_kind text not null check (actor_kind in ('user', 'token', 'system')),
  actor_id text not null,
  actor_name text not null,
  drafted_at timestamptz not null,
  begins_at timestamptz,
  ended_at timestamptz,
  -- What became of its devices, counted once they will not change any more.
  tally jsonb,
  primary key (tenant_id, id),
  check ((site_id is not null) = (kind = 'admit')),
  check ((begins_at is null) = (state = 'draft')),
  check ((ended_at is not null) = (state in ('done', 'stopped'))),
  check ((tally is not null) = (ended_at is not null))
);
create index inventory_device_action_draft on inventory_device_action (tenant_id, actor_id) where state = 'draft';
create index inventory_device_action_running on inventory_device_action (tenant_id) where state = 'running';

-- The devices that an action means, as many as there were when it was drafted, and what became of each.
create table inventory_action_device (
  tenant_id int not null references platform_tenant,
  device_id bigint not null,
  action_id uuid not null,
  -- Where the device stood then: who does not see that site does not see this.
  site_id int,
  -- `done`, or why it stays as it is; nothing yet for one that is still to be looked at.
  outcome text,
  primary key (tenant_id, action_id, device_id)
) with (fillfactor = 70);

alter table inventory_device_action enable row level security;
alter table inventory_device_action force row level security;
create policy tenant on inventory_device_action
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on inventory_device_action as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or site_ids <@ (select nullif(nullif(current_setting('app.site_ids', true), '*'), ''))::int[]);

alter table inventory_action_device enable row level security;
alter table inventory_action_device force row level security;
create policy tenant on inventory_action_device
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on inventory_action_device as restrictive
  using ((select current_setting('app.site_ids', true)) = '*'
    or site_id = any ((select nullif(nullif(current_setting('app.site_ids', true), '*'), ''))::int[]));

grant select, insert, update, delete on inventory_device_action, inventory_action_device to suture_app, suture_worker;
