-- What creating calls that came with an Idempotency-Key were answered, so that the same call is not done twice. The row
-- commits with the effect. The answer is sealed under the key and the caller's secret, neither of which is stored.

create table platform_answer (
  tenant_id int not null references platform_tenant,
  actor text not null,
  endpoint text not null,
  key bytea not null check (length(key) = 32),
  request bytea not null check (length(request) = 32),
  answer bytea not null,
  at timestamptz not null,
  primary key (tenant_id, actor, endpoint, key)
);
create index platform_answer_age on platform_answer (tenant_id, actor, at);

alter table platform_answer enable row level security;
alter table platform_answer force row level security;
create policy tenant on platform_answer
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

grant select, insert, delete on platform_answer to suture_app, suture_worker;
