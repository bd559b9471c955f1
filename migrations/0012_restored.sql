-- What a restore leaves behind. Between the backup and the restore devices did things that this database never heard of:
-- until a device has told what it runs since then, it is given nothing, and nobody new is given a job before it settled.
alter table platform_epoch add column restored_at timestamptz;
alter table platform_epoch add column settled_at timestamptz;
alter table platform_epoch add constraint platform_epoch_settled check ((restored_at is null) = (settled_at is null));
