-- What a restore leaves behind. Between the backup and the restore devices did things that this database never heard of:
-- until a device has told what it runs since then, it is given nothing, and nobody new is given a job before it settled.
alter table platform_epoch add column restored_at timestamptz;
alter table platform_epoch add column settle_seconds int;
-- Counted from the first start after the restore: a device may wait for an answer in the middle of its work.
alter table platform_epoch add column settled_at timestamptz;
alter table platform_epoch add constraint platform_epoch_settle check ((restored_at is null) = (settle_seconds is null));
