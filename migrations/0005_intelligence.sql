-- What is wrong with it. Knowledge is public and the same for every tenant: those tables have no row-level security
-- and are written by the worker alone. What follows for a tenant's bills is the tenant's.

-- Each document once, in the order in which they were taken in; the number says how much was known at a time.
create table intelligence_document (
  id int generated always as identity primary key,
  digest bytea not null unique check (length(digest) = 32),
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
  scheme text not null check (scheme in ('generic')),
  -- The last document that changed what is said about its versions.
  changed_in int not null references intelligence_document
);
create index intelligence_product_by_change on intelligence_product (changed_in);

-- Every name of a product, its own included.
create table intelligence_alias (
  key text primary key,
  product_id int not null references intelligence_product
);

create table intelligence_vulnerability (
  id text primary key check (length(id) between 1 and 64),
  document_id int not null references intelligence_document,
  published_at timestamptz not null,
  modified_at timestamptz not null,
  -- When this installation learnt of it, and of each fact that decides.
  known_at timestamptz not null,
  listed_at text check (listed_at ~ '^[0-9]{4}-[0-9]{2}-[0-9]{2}$'),
  listing_known_at timestamptz check ((listing_known_at is null) = (listed_at is null)),
  automatable text check (automatable in ('yes', 'no')),
  automatable_known_at timestamptz check ((automatable_known_at is null) = (automatable is null)),
  technical_impact text check (technical_impact in ('partial', 'total')),
  technical_impact_known_at timestamptz check ((technical_impact_known_at is null) = (technical_impact is null)),
  base_score numeric(3, 1),
  -- Scores, decision points, listing, advisories and references with their sources, as the feed gave them.
  facts jsonb not null
);
create index intelligence_vulnerability_by_day on intelligence_vulnerability (published_at, id);

create table intelligence_affected (
  vulnerability_id text not null references intelligence_vulnerability,
  product_id int not null references intelligence_product,
  -- What each source says: its name, and its ranges with their bounds as text, as they explain a match.
  said jsonb not null,
  primary key (vulnerability_id, product_id)
);
create index intelligence_affected_by_product on intelligence_affected (product_id, vulnerability_id);

-- A component of a tenant's bills: the names it may be known by, and the product it was recognised as. The key orders
-- versions by memcmp; there is none for a version that nobody can read.
create table intelligence_component (
  tenant_id int not null references platform_tenant,
  component_id int not null,
  name_key text not null,
  cpe_key text,
  version_key bytea,
  product_id int references intelligence_product,
  identity text check (identity in ('name', 'alias', 'cpe')),
  primary key (tenant_id, component_id),
  check ((product_id is null) = (identity is null))
);
create index intelligence_component_by_product on intelligence_component (tenant_id, product_id, version_key);
create index intelligence_component_by_name on intelligence_component (tenant_id, name_key);

-- Which bills were judged, and up to which document: a bill without a row has not been, and has no matches to tell.
create table intelligence_bill (
  tenant_id int not null references platform_tenant,
  bill_id int not null,
  document_id int not null,
  primary key (tenant_id, bill_id)
);

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

alter table intelligence_bill enable row level security;
alter table intelligence_bill force row level security;
create policy tenant on intelligence_bill
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
grant select, insert, update, delete on intelligence_component, intelligence_bill, intelligence_match to suture_worker;
grant select on intelligence_component, intelligence_bill, intelligence_match to suture_app;
