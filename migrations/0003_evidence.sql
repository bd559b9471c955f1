-- The signer signs evidence too: how a rollout ended, and what came of it on every device.

alter table signing_request drop constraint signing_request_purpose_check;
alter table signing_request add constraint signing_request_purpose_check
  check (purpose in ('rollout-plan', 'release-publish', 'evidence'));

alter table signing_statement drop constraint signing_statement_purpose_check;
alter table signing_statement add constraint signing_statement_purpose_check
  check (purpose in ('rollout-plan', 'release-publish', 'evidence'));
