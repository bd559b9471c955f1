import { randomUUID } from 'node:crypto'
import { canonicalBytes, type Json } from '@suture/trust/canonical.ts'
import { signEnvelope } from '@suture/trust/dsse.ts'
import { asJson, payloadTypes, type ReleasePublish } from '@suture/trust/statements.ts'
import { anyDigest, bytesOf, newRelease, type SigningTenant, testRelease } from '../signing-world.ts'
import { type Attack, again, type Edit, evilPlan, insert, other } from './attack.ts'

const withVerdict =
  (make: (attack: Attack, tenant: SigningTenant, release: ReleasePublish) => unknown): Edit =>
  (attack) => {
    const tenant = attack.random.pick(attack.world.tenants)
    const release = newRelease(tenant)
    return insert(attack, tenant, 'release-publish', bytesOf(release), { verdict: make(attack, tenant, release) })
  }

/** Releases that no lab passed. */
export const releaseEdits: Readonly<Record<string, Edit>> = {
  'no verdict': withVerdict(() => null),
  'a verdict by nobody’s key': withVerdict(({ world }, _, release) =>
    testRelease(world.truth, world.outsider, release),
  ),
  'a verdict by an approver': withVerdict(({ world }, tenant, release) =>
    testRelease(world.truth, tenant.maker, release),
  ),
  'another tenant’s lab': withVerdict((attack, tenant, release) =>
    testRelease(attack.world.truth, other(attack, tenant).lab, release),
  ),
  'a failed verdict': withVerdict(({ world }, tenant, release) =>
    testRelease(world.truth, tenant.lab, release, 'failed'),
  ),
  'a failed verdict rewritten': withVerdict(({ world }, tenant, release) => {
    const envelope = testRelease(world.truth, tenant.lab, release, 'failed')
    const text = Buffer.from(envelope.payload, 'base64').toString().replace('"failed"', '"passed"')
    return { ...envelope, payload: Buffer.from(text).toString('base64') }
  }),
  'a verdict on other artifacts': withVerdict(({ world }, tenant, release) =>
    testRelease(world.truth, tenant.lab, { ...release, artifacts: [{ sha256: anyDigest(), length: 1 }] }),
  ),
  'a verdict on another release': withVerdict(({ world }, tenant, release) =>
    testRelease(world.truth, tenant.lab, { ...release, release: randomUUID() }),
  ),
  'the lab’s key under another payload type': withVerdict((_, tenant, release) =>
    signEnvelope(payloadTypes.releasePublish, canonicalBytes(asJson(release) as Json), tenant.lab.key),
  ),
}

/** What can be done to rows that are there. */
export const rowEdits: Readonly<Record<string, Edit>> = {
  'asked again': ({ sql }) =>
    sql(`update signing_request set ${again} where id in (select id from signing_request order by random() limit 3)`),
  'another purpose': async ({ sql }) => {
    await sql('drop index if exists signing_request_digest')
    return sql(
      `update signing_request set ${again}, purpose = case purpose when 'rollout-plan' then 'release-publish' when 'release-publish' then 'evidence' else 'rollout-plan' end
        where id in (select id from signing_request order by random() limit 2)`,
    )
  },
  'an unknown purpose': async ({ sql }) => {
    await sql('alter table signing_request drop constraint if exists signing_request_purpose_check')
    return sql(
      `update signing_request set ${again}, purpose = '__proto__' where id in (select id from signing_request order by random() limit 1)`,
    )
  },
  'proofs swapped': ({ sql }) =>
    sql(
      `update signing_request r set ${again}, proofs = coalesce((select proofs from signing_request o where o.id <> r.id and o.purpose = r.purpose order by random() limit 1), r.proofs)
        where id in (select id from signing_request order by random() limit 2)`,
    ),
  'payloads swapped': async ({ sql }) => {
    await sql('drop index if exists signing_request_digest')
    return sql(
      `update signing_request r set ${again}, payload = (select payload from signing_request o where o.id <> r.id order by random() limit 1)
        where id in (select id from signing_request order by random() limit 2)`,
    )
  },
  'another tenant’s row': async ({ sql, world }) => {
    await sql('drop index if exists signing_request_digest')
    const [first, second] = world.tenants
    return sql(
      `update signing_request set ${again}, tenant_id = $1::int + $2::int - tenant_id where id in (select id from signing_request order by random() limit 2)`,
      [first.id, second.id],
    )
  },
  'payload bytes changed in place': ({ sql, random }) =>
    sql(
      `update signing_request set ${again}, payload = set_byte(payload, $1::int % length(payload), 48) where id in (select id from signing_request order by random() limit 1)`,
      [Math.floor(random.next() * 400)],
    ),
  'proofs that are no object': ({ sql, random }) =>
    sql(
      `update signing_request set ${again}, proofs = $1::jsonb where id in (select id from signing_request order by random() limit 1)`,
      [
        random.pick([
          'null',
          '[]',
          '"x"',
          '7',
          '{"approvals":{}}',
          `{"approvals":${'['.repeat(500)}${']'.repeat(500)}}`,
        ]),
      ],
    ),
  'marked as signed': ({ sql }) =>
    sql(
      `update signing_request set state = 'signed', refusal_code = null, refusal_detail = null, decided_at = now() where id in (select id from signing_request order by random() limit 2)`,
    ),
  'a forged statement': async (attack) => {
    const { tenant, payload } = evilPlan(attack)
    const stolen = attack.random.pick(attack.releases).statement
    const forged = signEnvelope(payloadTypes.rolloutPlan, payload, attack.world.outsider.key)
    const envelope = attack.random.pick([
      forged,
      { ...stolen, payload: payload.toString('base64') },
      { ...stolen, payloadType: payloadTypes.rolloutPlan },
      { ...forged, signatures: [...stolen.signatures, ...forged.signatures] },
    ])
    return attack.sql(
      `insert into signing_statement (tenant_id, purpose, digest, envelope, signed_at) values ($1, 'rollout-plan', sha256($2), $3, now()) on conflict do nothing`,
      [tenant.id, payload, Buffer.from(JSON.stringify(envelope))],
    )
  },
  'statements deleted': ({ sql }) =>
    sql(
      `delete from signing_statement where digest in (select digest from signing_statement order by random() limit 1)`,
    ),
  'tenants swap their names': async ({ sql, world, meanwhile }) => {
    const [first, second] = world.tenants
    const swap = async (a: string, b: string) => {
      await sql('update platform_tenant set uid = $1 where id = $2', [randomUUID(), first.id])
      await sql('update platform_tenant set uid = $1 where id = $2', [b, second.id])
      await sql('update platform_tenant set uid = $1 where id = $2', [a, first.id])
    }
    await swap(second.uid, first.uid)
    await sql(
      `update signing_request set ${again} where id in (select id from signing_request order by random() limit 2)`,
    )
    await meanwhile()
    await swap(first.uid, second.uid)
  },
}
