import { createHash, randomUUID } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { SigningPurpose } from '@suture/contract/signing.ts'
import { systemClock } from '@suture/server/platform/clock.ts'
import { systemScope, withScope } from '@suture/server/platform/database/store.ts'
import { ensureTenant } from '@suture/server/platform/database/tenant.ts'
import type { TenantId } from '@suture/server/platform/id.ts'
import { requestSignature } from '@suture/server/signing/index.ts'
import { type Ceremony, enrol, revoke } from '@suture/server/signing/signer/ceremony.ts'
import { type Approval, approve } from '@suture/trust/approval.ts'
import { canonicalBytes } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { type Envelope, signEnvelope } from '@suture/trust/dsse.ts'
import { newSigningKey, publicHalf, publicPem, type SigningKey } from '@suture/trust/keys.ts'
import {
  asJson,
  type LabVerdict,
  payloadTypes,
  type ReleasePublish,
  type RolloutPlan,
} from '@suture/trust/statements.ts'
import { createTestDatabase, query, type TestDatabase } from './database.ts'
import { testCeremony } from './signer-process.ts'
import type { Truth } from './signing-truth.ts'

/** Somebody with a key; what they sign is noted in the truth. */
export interface Insider {
  readonly person: string
  readonly key: SigningKey
}

export interface SigningTenant {
  readonly id: TenantId
  readonly uid: string
  /** Enrolled as an approver, and the maker of the plans: their own approval must not count. */
  readonly maker: Insider
  readonly approvers: readonly Insider[]
  readonly revoked: Insider
  readonly lab: Insider
}

/** A database, a signer's home, and two tenants of people who really approve and labs that really test. */
export interface SigningWorld {
  readonly database: TestDatabase
  readonly home: string
  readonly ceremony: Ceremony
  readonly truth: Truth
  readonly tenants: readonly [SigningTenant, SigningTenant]
  readonly outsider: Insider
  end(): Promise<void>
}

const insider = (): Insider => ({ person: randomUUID(), key: newSigningKey() })

/** The digest of some artifact nobody has. */
export const anyDigest = (): string => createHash('sha256').update(randomUUID()).digest('hex')

function admit(
  ceremony: Ceremony,
  truth: Truth,
  tenant: string,
  { person, key }: Insider,
  role: 'approver' | 'lab',
): void {
  const publicKey = publicPem(publicHalf(key))
  enrol(ceremony, { tenant, person, name: `${role} ${person.slice(0, 4)}`, publicKey, role }, new Date())
  truth.enrolled.push({ person, keyId: key.keyId, tenant, role })
}

async function makeTenant(
  database: TestDatabase,
  ceremony: Ceremony,
  truth: Truth,
  name: string,
): Promise<SigningTenant> {
  const { id, uid } = await ensureTenant(database.urls.owner, systemClock, name)
  const tenant = {
    id,
    uid,
    maker: insider(),
    approvers: [insider(), insider(), insider()],
    revoked: insider(),
    lab: insider(),
  }
  for (const each of [tenant.maker, ...tenant.approvers]) admit(ceremony, truth, uid, each, 'approver')
  admit(ceremony, truth, uid, tenant.lab, 'lab')
  enrol(
    ceremony,
    {
      tenant: uid,
      person: tenant.revoked.person,
      name: 'Revoked',
      publicKey: publicPem(publicHalf(tenant.revoked.key)),
      role: 'approver',
    },
    new Date(),
  )
  revoke(ceremony, { tenant: uid, keyId: tenant.revoked.key.keyId }, new Date())
  return tenant
}

export async function makeSigningWorld(): Promise<SigningWorld> {
  const database = await createTestDatabase()
  const home = mkdtempSync(join(tmpdir(), 'suture-signer-'))
  const truth: Truth = { enrolled: [], approvals: [], passed: [] }
  const ceremony = testCeremony(home)
  const first = await makeTenant(database, ceremony, truth, 'north')
  const second = await makeTenant(database, ceremony, truth, 'south')
  const end = async () => {
    await database.drop()
    rmSync(home, { recursive: true, force: true })
  }
  return { database, home, ceremony, truth, tenants: [first, second], outsider: insider(), end }
}

/** A person approves these very bytes. */
export function consent(truth: Truth, { person, key }: Insider, payload: Buffer): Approval {
  const digest = sha256(payload)
  truth.approvals.push({ person, digest })
  return approve(digest, key)
}

/** A lab tests a release and says so. */
export function testRelease(
  truth: Truth,
  lab: Insider,
  release: ReleasePublish,
  verdict: LabVerdict['verdict'] = 'passed',
): Envelope {
  const artifacts = release.artifacts.map((each) => each.sha256)
  const document: LabVerdict = {
    type: 'suture.lab-verdict.v1',
    tenant: release.tenant,
    release: release.release,
    artifacts,
    verdict,
    rigs: [{ rig: 'bench 3', cell: { model: 'Door lock DL-20', hardwareRevision: 'B', currentVersion: '4.0.9' } }],
    uncovered: [],
    at: new Date().toISOString(),
  }
  const envelope = signEnvelope(payloadTypes.labVerdict, bytesOf(document), lab.key)
  const of = { lab: lab.person, tenant: release.tenant, release: release.release, artifacts }
  if (verdict === 'passed') truth.passed.push({ ...of, digest: payloadDigest(envelope) })
  return envelope
}

export const newRelease = ({ uid, maker }: SigningTenant): ReleasePublish => ({
  type: 'suture.release-publish.v1',
  tenant: uid,
  release: randomUUID(),
  name: 'DL-20 firmware 4.1.2',
  artifacts: [{ sha256: anyDigest(), length: 4096 }],
  createdBy: maker.person,
  createdAt: new Date().toISOString(),
})

export const newPlan = ({ uid, maker }: SigningTenant, release: ReleasePublish): RolloutPlan => ({
  type: 'suture.rollout-plan.v1',
  tenant: uid,
  plan: randomUUID(),
  name: 'Door locks, north wing',
  release: release.release,
  createdBy: maker.person,
  createdAt: new Date().toISOString(),
  artifacts: release.artifacts,
  audience: { digest: anyDigest(), count: 1200 },
  waves: [
    { pick: 'stratified', perStratum: 6, soakSeconds: 3600, minimumSample: 20 },
    { pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 },
  ],
  limits: {
    silenceSeconds: 900,
    maxFailurePercent: 2,
    perRevision: { maxFailurePercent: 10, minimumSample: 6, beyond: 'quarantine' },
    revisions: [],
  },
  notBefore: new Date().toISOString(),
  notAfter: new Date(Date.now() + 7 * 24 * 3600_000).toISOString(),
})

export const bytesOf = (document: Parameters<typeof asJson>[0]): Buffer => canonicalBytes(asJson(document))

/** SHA-256 of what an envelope holds. */
export const payloadDigest = ({ payload }: Envelope): string => sha256(Buffer.from(payload, 'base64'))

/** Asks for a signature as the server does. */
export const ask = (
  { database }: SigningWorld,
  { id }: SigningTenant,
  purpose: SigningPurpose,
  payload: Buffer,
  proofs: unknown,
) =>
  withScope(database.app, systemScope(id, 'test'), (scoped) =>
    requestSignature(scoped, systemClock, { purpose, payload, proofs }),
  )

export interface Decided {
  readonly state: string
  readonly refusal_code: string | null
  readonly refusal_detail: string | null
}

/** Waits until a request is decided. */
export async function decided({ database }: SigningWorld, id: string, patience = 40_000): Promise<Decided> {
  const until = Date.now() + patience
  for (;;) {
    const [row] = await query<{ state: string } & Decided>(
      database.urls.superuser,
      'select state, refusal_code, refusal_detail from signing_request where id = $1',
      [id],
    )
    if (row && row.state !== 'requested') return row
    if (Date.now() > until) throw new Error('The signer did not decide in time')
    await new Promise((resolve) => setTimeout(resolve, 5))
  }
}

/** Every envelope that the database holds as a statement. */
export const storedEnvelopes = async ({ database }: SigningWorld): Promise<Buffer[]> =>
  (
    await query<{ envelope: Buffer }>(
      database.urls.superuser,
      'select envelope from signing_statement order by signed_at',
    )
  ).map((row) => row.envelope)

/** The public keys by purpose, read as anybody could. */
export const publicKeys = ({ home }: SigningWorld): Record<string, string> =>
  (JSON.parse(readFileSync(join(home, 'signer', 'public.json'), 'utf8')) as { keys: Record<string, string> }).keys

/** Asks for a signature, waits for it, and reads the envelope that was stored. */
export async function signed(...asked: Parameters<typeof ask>): Promise<Envelope> {
  const [world, , purpose, payload] = asked
  const { id } = await ask(...asked)
  const { state, refusal_detail } = await decided(world, id)
  if (state !== 'signed') throw new Error(`The signer refused a ${purpose} that it should sign: ${refusal_detail}`)
  const [row] = await query<{ envelope: Buffer }>(
    world.database.urls.superuser,
    'select envelope from signing_statement where digest = $1',
    [Buffer.from(sha256(payload), 'hex')],
  )
  return JSON.parse(String(row?.envelope)) as Envelope
}
