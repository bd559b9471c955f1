-- How often an import was begun, and until when it is left alone after that came to nothing.
alter table inventory_bill_import
  add column tries int not null default 0 check (tries >= 0),
  add column again_at timestamptz;
