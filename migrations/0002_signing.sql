-- What the signer is asked to sign, and what it signed. Nobody has to trust these tables: the signer checks every
-- proof against keys of its own, and a statement counts only if the signer's public key, kept elsewhere, verifies it.

create table signing_request (
  tenant_id int not null references platform_tenant,
  id uuid not null,
  purpose text not null check (purpose in ('rollout-plan', 'release-publish')),
  payload bytea not null check (length(payload) <= 1048576),
  digest bytea not null generated always as (sha256(payload)) stored,
  proofs jsonb not null,
  state text not null default 'requested' check (state in ('requested', 'signed', 'refused')),
  refusal_code text,
  refusal_detail text,
  requested_at timestamptz not null,
  requested_by text not null,
  decided_at timestamptz,
  primary key (tenant_id, id),
  check ((state = 'refused') = (refusal_code is not null)),
  check ((state = 'requested') = (decided_at is null))
);
-- What was refused may be asked for again, with better proofs.
create unique index signing_request_digest on signing_request (tenant_id, purpose, digest) where state <> 'refused';
create index signing_request_open on signing_request (requested_at) where state = 'requested';

create table signing_statement (
  tenant_id int not null references platform_tenant,
  purpose text not null check (purpose in ('rollout-plan', 'release-publish')),
  digest bytea not null check (length(digest) = 32),
  envelope bytea not null,
  signed_at timestamptz not null,
  primary key (tenant_id, purpose, digest)
);

alter table signing_request enable row level security;
alter table signing_request force row level security;
create policy tenant on signing_request
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
-- The signer serves every tenant, and never reads which one it serves from here.
create policy signer on signing_request to suture_signer using (true);

alter table signing_statement enable row level security;
alter table signing_statement force row level security;
create policy tenant on signing_statement
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));
create policy signer on signing_statement to suture_signer using (true);

grant select on signing_request, signing_statement to suture_app, suture_worker, suture_signer;
grant insert (tenant_id, id, purpose, payload, proofs, requested_at, requested_by) on signing_request to suture_app, suture_worker;
grant update (state, refusal_code, refusal_detail, decided_at) on signing_request to suture_signer;
grant insert on signing_statement to suture_signer;
grant select on platform_tenant to suture_signer;
