import { again, type Edit, evilPlan } from './attack.ts'

/** What the owner of a schema can do to it. */
export const schemaEdits: Readonly<Record<string, Edit>> = {
  'row-level security off': async ({ sql }) => {
    await sql('alter table signing_request disable row level security')
    await sql('alter table signing_statement no force row level security')
  },
  'policies dropped and made again': async ({ sql, meanwhile }) => {
    await sql('drop policy if exists signer on signing_request')
    await meanwhile()
    await sql('create policy signer on signing_request to suture_signer using (true)')
  },
  'a column of another type': async ({ sql, meanwhile }) => {
    await sql(
      `update signing_request set ${again} where id in (select id from signing_request order by random() limit 2)`,
    )
    await sql('alter table signing_request rename column proofs to proofs_before')
    await sql(`alter table signing_request add column proofs text default 'x'`)
    await meanwhile()
    await sql('alter table signing_request drop column proofs')
    await sql('alter table signing_request rename column proofs_before to proofs')
  },
  'the digest is a lie': async ({ sql }) => {
    await sql('alter table signing_request alter column digest drop expression if exists')
    await sql('alter table signing_request alter column digest drop not null')
    await sql(
      `update signing_request set ${again}, digest = sha256('x') where id in (select id from signing_request order by random() limit 1)`,
    )
  },
  'a view whose payload differs each time': async (attack) => {
    const { sql, meanwhile } = attack
    const { payload } = evilPlan(attack)
    await sql(
      `update signing_request set ${again} where id in (select id from signing_request order by random() limit 2)`,
    )
    await sql('alter table signing_request rename to signing_request_real')
    await sql(
      `create view signing_request as select tenant_id, id, purpose, proofs, state, refusal_code, refusal_detail, requested_at, decided_at,
         case when random() < 0.5 then payload else '\\x${payload.toString('hex')}'::bytea end as payload from signing_request_real`,
    )
    await sql('grant select, update on signing_request to suture_signer')
    await meanwhile()
    await sql('drop view signing_request')
    await sql('alter table signing_request_real rename to signing_request')
  },
  'statements rewritten by a trigger': async ({ sql, meanwhile }) => {
    await sql(
      `create or replace function rewrite() returns trigger language plpgsql as $$ begin new.envelope := convert_to(replace(convert_from(new.envelope, 'UTF8'), 'A', 'B'), 'UTF8'); return new; end $$`,
    )
    await sql('create trigger rewrite before insert on signing_statement for each row execute function rewrite()')
    await sql(
      `update signing_request set ${again} where id in (select id from signing_request order by random() limit 3)`,
    )
    await meanwhile()
    await sql('drop trigger rewrite on signing_statement')
  },
  'updates that fail': async ({ sql, meanwhile }) => {
    await sql(`create or replace function fail() returns trigger language plpgsql as $$ begin raise 'no'; end $$`)
    await sql('create trigger fail before update on signing_request for each row execute function fail()')
    await meanwhile()
    await sql('drop trigger fail on signing_request')
  },
  'functions of the signer’s own name': async ({ sql }) => {
    await sql('create schema if not exists suture_signer')
    await sql('grant usage on schema suture_signer to suture_signer')
    return sql(`create or replace function suture_signer.octet_length(bytea) returns int language sql as 'select 1'`)
  },
  'a roster in the database': async ({ sql, world }) => {
    await sql('create table if not exists signing_roster (tenant text, person text, key_id text, role text)')
    return sql('insert into signing_roster values ($1, $2, $3, $4)', [
      world.tenants[0].uid,
      world.outsider.person,
      world.outsider.key.keyId,
      'approver',
    ])
  },
}
