-- What is wrong with it. Knowledge is public and the same for every tenant: those tables have no row-level security
-- and are written by the worker alone. What follows for a tenant's bills is the tenant's.

create table intelligence_document (
  digest bytea primary key check (length(digest) = 32),
  name text not null,
  source jsonb not null,
  retrieved_at timestamptz not null,
  imported_at timestamptz not null,
  vulnerabilities int not null,
  products int not null
);

create table intelligence_product (
  id int generated always as identity primary key,
  key text not null unique,
  vendor text not null,
  name text not null,
  scheme text not null check (scheme in ('generic'))
);

create table intelligence_alias (
  key text primary key,
  product_id int not null references intelligence_product
);

create table intelligence_vulnerability (
  id text primary key check (length(id) between 1 and 64),
  published_at timestamptz not null,
  modified_at timestamptz not null,
  -- When this installation learnt of it, and of its listing as exploited.
  known_at timestamptz not null,
  listed_at text check (listed_at ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  listing_known_at timestamptz,
  automatable text check (automatable in ('yes', 'no')),
  technical_impact text check (technical_impact in ('partial', 'total')),
  base_score numeric(3, 1),
  -- Scores, decision points, listing, advisories and references with their sources, as the feed gave them.
  facts jsonb not null
);

create table intelligence_affected (
  vulnerability_id text not null references intelligence_vulnerability,
  product_id int not null references intelligence_product,
  -- The ranges with their bounds as text, as they explain a match.
  ranges jsonb not null,
  primary key (vulnerability_id, product_id)
);
create index intelligence_affected_by_product on intelligence_affected (product_id, vulnerability_id);

-- A component of a tenant's bills, recognised as a product that is known; the key orders versions by memcmp.
create table intelligence_component (
  tenant_id int not null references platform_tenant,
  component_id int not null,
  product_id int not null references intelligence_product,
  version_key bytea,
  primary key (tenant_id, component_id)
);
create index intelligence_component_by_product on intelligence_component (tenant_id, product_id, version_key);

create table intelligence_match (
  tenant_id int not null references platform_tenant,
  bill_id int not null,
  vulnerability_id text not null references intelligence_vulnerability,
  component_id int not null,
  verdict text not null check (verdict in ('affected', 'unknown')),
  explanation jsonb not null,
  matched_at timestamptz not null,
  primary key (tenant_id, bill_id, vulnerability_id)
);
create index intelligence_match_by_vulnerability on intelligence_match (tenant_id, vulnerability_id, bill_id);

alter table intelligence_component enable row level security;
alter table intelligence_component force row level security;
create policy tenant on intelligence_component
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

alter table intelligence_match enable row level security;
alter table intelligence_match force row level security;
create policy tenant on intelligence_match
  using (tenant_id = (select nullif(current_setting('app.tenant_id', true), '')::int));

grant select on
  intelligence_document, intelligence_product, intelligence_alias, intelligence_vulnerability, intelligence_affected
  to suture_app;
grant select, insert, update, delete on
  intelligence_document, intelligence_product, intelligence_alias, intelligence_vulnerability, intelligence_affected
  to suture_worker;
grant select, insert, update, delete on intelligence_component, intelligence_match to suture_app, suture_worker;
