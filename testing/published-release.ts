import { sign } from 'node:crypto'
import { call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/releases.ts'
import type { Clock } from '@suture/server/platform/clock.ts'
import { systemScope, withScope } from '@suture/server/platform/database/store.ts'
import { noteLabVerdict } from '@suture/server/releases/index.ts'
import { enrol } from '@suture/server/signing/signer/ceremony.ts'
import { canonicalBytes } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { signEnvelope } from '@suture/trust/dsse.ts'
import { newSigningKey, publicHalf, publicPem, type SigningKey } from '@suture/trust/keys.ts'
import { asJson, type LabVerdict, payloadTypes } from '@suture/trust/statements.ts'
import { testCeremony } from './signer-process.ts'
import { makeImage } from './simulator/image.ts'
import type { TestServer, TestTenant } from './world.ts'

export const product = { manufacturer: 'Kestrel', model: 'DL-20' } as const
export const versions = { before: '6.2.5', after: '6.2.6' } as const

/** The bytes of the update, which mean something to simulated devices alone: revision B goes back, an old C dies. */
export const image = makeImage({
  ...product,
  version: versions.after,
  length: 70_000,
  seed: 1,
  fails: [{ hardwareRevision: 'B' }],
  bricks: [{ hardwareRevision: 'C', bootloaderBelow: '1.4' }],
})

/** What the lab's one rig stood for. */
const testedCell = {
  model: `${product.manufacturer} ${product.model}`,
  hardwareRevision: 'A',
  currentVersion: versions.before,
}

/** Makes the signer believe a person of a tenant, or its lab. */
export function enrolWith(
  server: TestServer,
  tenant: TestTenant,
  person: string,
  role: 'approver' | 'lab',
  key: SigningKey,
): void {
  const member = { tenant: tenant.uid, person, name: role, publicKey: publicPem(publicHalf(key)), role }
  enrol(testCeremony(server.home), member, new Date())
}

interface Place {
  readonly server: TestServer
  readonly tenant: TestTenant
  readonly clock: Clock
}

async function pass({ server, tenant, clock }: Place, release: string, artifact: string, lab: SigningKey) {
  const verdict: LabVerdict = {
    type: 'suture.lab-verdict.v1',
    tenant: tenant.uid,
    release,
    artifacts: [artifact],
    verdict: 'passed',
    rigs: [{ rig: 'bench', cell: testedCell }],
    uncovered: [],
    at: new Date().toISOString(),
  }
  const payload = canonicalBytes(asJson(verdict))
  const envelope = Buffer.from(JSON.stringify(signEnvelope(payloadTypes.labVerdict, payload, lab)))
  await withScope(server.database.app, systemScope(tenant.id, 'lab'), (scoped) =>
    noteLabVerdict(scoped, clock, { release, passed: true, envelope, digest: sha256(payload) }),
  )
}

/**
 * A release that its vendor signed, an enrolled lab passed, and the signer, which must run, published.
 * @param bytes its artifact, for every revision
 */
export async function publishRelease(
  place: Place,
  bytes = image,
  fileName = 'update.bin',
  version: string = versions.after,
): Promise<string> {
  const { publisher } = place.tenant.people
  const [vendor, lab] = [newSigningKey(), newSigningKey()]
  enrolWith(place.server, place.tenant, publisher.id, 'lab', lab)
  await call(publisher, contract.addVendorKey, {
    body: {
      manufacturer: product.manufacturer,
      name: `V ${sha256(bytes).slice(0, 8)}`,
      publicKey: publicPem(publicHalf(vendor)),
    },
  })
  const signature = sign(null, bytes, vendor.key).toString('base64')
  const artifact = await call(publisher, contract.uploadArtifact, {
    query: { fileName, signature },
    bytes: new Uint8Array(bytes),
  })
  const { id } = await call(publisher, contract.createRelease, {
    body: { name: 'Fix', version, targets: [{ ...product, artifact: artifact.sha256 }] },
  })
  await pass(place, id, artifact.sha256, lab)
  await call(publisher, contract.publishRelease, { params: { id } })
  return id
}
