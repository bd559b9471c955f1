-- How often an import was begun, and until when it is left alone after that came to nothing; and whether no device moved
-- because the firmware had its bill from an SBOM that was sent later.
alter table inventory_bill_import
  add column tries int not null default 0 check (tries >= 0),
  add column again_at timestamptz,
  add column overtaken boolean not null default false,
  add check (not overtaken or (state = 'done' and devices = 0));
