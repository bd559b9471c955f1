-- Webhooks: to whom events of the record are sent, and every message on its way or over.
create table integrations_webhook (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  name text not null check (length(name) between 1 and 80),
  url text not null check (length(url) between 1 and 500),
  -- Kinds of events, or things that stand for all of their kinds.
  kinds text[] not null,
  state text not null check (state in ('active', 'paused')),
  paused_by text check (paused_by in ('person', 'failures', 'receiver', 'maker', 'secret')),
  -- Sealed with a key that is not in the database.
  secret bytea not null,
  previous_secret bytea,
  overlap_until timestamptz,
  -- The person in whose standing it reads the record.
  created_by uuid not null,
  created_at timestamptz not null,
  -- Up to which event the record was looked through.
  epoch int not null,
  xid xid8 not null,
  event_id bigint not null,
  failing_since timestamptz,
  delivered_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, name),
  check ((paused_by is not null) = (state = 'paused')),
  check ((previous_secret is null) = (overlap_until is null))
);

create table integrations_delivery (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  webhook_id uuid not null,
  -- The event in the record; a test has none.
  epoch int,
  xid xid8,
  event_id bigint,
  kind text not null,
  subject text not null,
  at timestamptz not null,
  state text not null check (state in ('pending', 'delivered', 'dead')),
  tries int not null check (tries >= 0),
  due_at timestamptz not null,
  -- Until when a worker has it in hand.
  held_until timestamptz,
  answered_at timestamptz,
  answer_status int,
  answer text,
  created_at timestamptz not null,
  ended_at timestamptz,
  primary key (tenant_id, id),
  unique (tenant_id, webhook_id, epoch, xid, event_id),
  foreign key (tenant_id, webhook_id) references integrations_webhook on delete cascade,
  check ((epoch is null) = (xid is null) and (xid is null) = (event_id is null)),
  check ((answered_at is null) = (answer is null)),
  check ((ended_at is null) = (state = 'pending'))
);
create index integrations_delivery_pending on integrations_delivery (tenant_id, webhook_id, epoch, xid, event_id)
  where state = 'pending';
create index integrations_delivery_created on integrations_delivery (tenant_id, created_at, id);

alter table integrations_webhook enable row level security;
alter table integrations_webhook force row level security;
create policy tenant on integrations_webhook
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
-- The record belongs to the tenant as a whole, and so does what is sent of it.
create policy site on integrations_webhook as restrictive
  using ((select current_setting('app.site_ids', true)) = '*');

alter table integrations_delivery enable row level security;
alter table integrations_delivery force row level security;
create policy tenant on integrations_delivery
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy site on integrations_delivery as restrictive
  using ((select current_setting('app.site_ids', true)) = '*');

grant select, insert, update, delete on integrations_webhook, integrations_delivery to suture_app, suture_worker;

-- Who wants what happened as a mail, at which hour (UTC); nobody by default.
create table integrations_digest (
  tenant_id int not null references platform_tenant,
  user_id uuid not null,
  hour int not null check (hour between 0 and 23),
  -- Whether what cannot wait is told at once as well.
  urgent boolean not null,
  -- When the last one was due, and up to which event of the record each of the two has told.
  told_at timestamptz not null,
  epoch int not null,
  xid xid8 not null,
  urgent_epoch int not null,
  urgent_xid xid8 not null,
  primary key (tenant_id, user_id),
  foreign key (tenant_id, user_id) references platform_user (tenant_id, id) on delete cascade
);

alter table integrations_digest enable row level security;
alter table integrations_digest force row level security;
create policy tenant on integrations_digest
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

grant select, insert, update, delete on integrations_digest to suture_app, suture_worker;
