import { randomBytes, sign } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { call, type Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { createSite, importDevices } from '@suture/contract/inventory.ts'
import * as releases from '@suture/contract/releases.ts'
import { coapObserver } from '@suture/server/adapters/probe/coap.ts'
import { httpObserver } from '@suture/server/adapters/probe/http.ts'
import { type DeploymentParts, tickDeployment, verifyReported } from '@suture/server/deployment/index.ts'
import { type Store, systemScope, withScope } from '@suture/server/platform/database/store.ts'
import { noteLabVerdict } from '@suture/server/releases/index.ts'
import { signerHome } from '@suture/server/signing/index.ts'
import { ceremonyWith, enrol } from '@suture/server/signing/signer/ceremony.ts'
import { openHome } from '@suture/server/signing/signer/home.ts'
import { Lock } from '@suture/server/signing/signer/seal.ts'
import { approve } from '@suture/trust/approval.ts'
import { canonicalBytes } from '@suture/trust/canonical.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { signEnvelope } from '@suture/trust/dsse.ts'
import { newSigningKey, publicHalf, publicPem, type SigningKey } from '@suture/trust/keys.ts'
import { asJson, type LabVerdict, payloadTypes } from '@suture/trust/statements.ts'
import type { MovedClock } from './clock.ts'
import { query } from './database.ts'
import { DdiDevice } from './ddi-device.ts'
import { type SignerProcess, startSigner, testPassphrase } from './signer-process.ts'
import { makeImage } from './simulator/image.ts'
import type { TestServer, TestTenant } from './world.ts'

type Detail = Reply<typeof contract.getRollout>
type Request = Parameters<typeof call<typeof contract.createRollout>>[2]['body']
type Approver = 'approver' | 'admin'

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

/** Gives a server a signer of its own. */
export function signerFor(server: TestServer): Promise<SignerProcess> {
  openHome(server.home, new Lock(testPassphrase))
  return startSigner({ home: server.home, url: server.database.urls.signer })
}

/** A tenant with a published release and a fleet that speaks DDI over real sockets and can be read over HTTP. */
export class RolloutScene {
  readonly server: TestServer
  readonly tenant: TestTenant
  readonly clock: MovedClock
  readonly keys: Readonly<Record<Approver, SigningKey>> = { approver: newSigningKey(), admin: newSigningKey() }
  readonly devices: readonly DdiDevice[]
  readonly parts: DeploymentParts
  readonly #identities: Server
  release = ''

  private constructor(
    server: TestServer,
    tenant: TestTenant,
    clock: MovedClock,
    revisions: Readonly<Record<string, number>>,
  ) {
    this.server = server
    this.tenant = tenant
    this.clock = clock
    const signerKeys = signerHome(server.home).public
    this.parts = { clock, signerKeys, pollSeconds: 1, observers: { http: httpObserver, coap: coapObserver } }
    this.devices = Object.entries(revisions).flatMap(([hardwareRevision, count]) =>
      Array.from({ length: count }, (_, at) => {
        const about = {
          serial: `${tenant.name}-${hardwareRevision}-${at}`,
          hardwareRevision,
          token: randomBytes(16).toString('hex'),
        }
        return new DdiDevice(server.base, tenant.name, about, versions.before)
      }),
    )
    this.#identities = createServer((request, response) => {
      const device = this.devices.find(({ about }) => request.url === `/${about.serial}`)
      if (!device?.isReachable) return void response.destroy()
      const { serial, hardwareRevision } = device.about
      const identity = {
        ...product,
        serial,
        hardwareRevision,
        bootloader: '1.4',
        firmware: device.firmware,
        ...device.tells,
      }
      response
        .setHeader('content-type', 'application/json')
        .setHeader('connection', 'close')
        .end(JSON.stringify(identity))
    })
  }

  /** @param revisions how many devices there are of each */
  static async make(server: TestServer, clock: MovedClock, name: string, revisions: Readonly<Record<string, number>>) {
    const scene = new RolloutScene(server, await server.addTenant(name), clock, revisions)
    await new Promise<void>((resolve) => scene.#identities.listen(0, '127.0.0.1', resolve))
    await scene.#import()
    scene.release = await scene.#publish()
    return scene
  }

  async end(): Promise<void> {
    this.#identities.closeAllConnections()
    await new Promise((resolve) => this.#identities.close(resolve))
  }

  get people() {
    return this.tenant.people
  }

  async #import(): Promise<void> {
    const { operator } = this.people
    await call(operator, createSite, { body: { name: 'Works', probeNetworks: ['127.0.0.0/8'] } })
    await call(operator, createSite, { body: { name: 'Closed' } })
    const { port } = this.#identities.address() as AddressInfo
    const devices = this.devices.map(({ about: { serial, hardwareRevision, token } }) => ({
      ...product,
      ...{ serial, hardwareRevision, token, controllerId: serial, type: 'door lock', firmware: versions.before },
      site: 'Works',
      identity: { protocol: 'http' as const, host: '127.0.0.1', port, path: `/${serial}` },
    }))
    await call(operator, importDevices, { body: { devices } })
  }

  /** A release that its vendor signed, an enrolled lab passed, and the signer published. */
  async #publish(): Promise<string> {
    const { publisher } = this.people
    const [vendor, lab] = [newSigningKey(), newSigningKey()]
    const ceremony = ceremonyWith(this.server.home, testPassphrase)
    const member = (key: SigningKey, person: string, role: 'approver' | 'lab') =>
      enrol(
        ceremony,
        { tenant: this.tenant.uid, person, name: role, publicKey: publicPem(publicHalf(key)), role },
        new Date(),
      )
    member(lab, this.people.publisher.id, 'lab')
    member(this.keys.approver, this.people.approver.id, 'approver')
    member(this.keys.admin, this.people.admin.id, 'approver')
    await call(publisher, releases.addVendorKey, {
      body: { manufacturer: product.manufacturer, name: 'V', publicKey: publicPem(publicHalf(vendor)) },
    })
    const signature = sign(null, image, vendor.key).toString('base64')
    const artifact = await call(publisher, releases.uploadArtifact, {
      query: { fileName: 'update.bin', signature },
      bytes: new Uint8Array(image),
    })
    const { id } = await call(publisher, releases.createRelease, {
      body: { name: 'Fix', version: versions.after, targets: [{ ...product, artifact: artifact.sha256 }] },
    })
    await this.#pass(id, artifact.sha256, lab)
    await call(publisher, releases.publishRelease, { params: { id } })
    return id
  }

  async #pass(release: string, artifact: string, lab: SigningKey): Promise<void> {
    const verdict: LabVerdict = {
      type: 'suture.lab-verdict.v1',
      tenant: this.tenant.uid,
      release,
      artifacts: [artifact],
      verdict: 'passed',
      rigs: [{ rig: 'bench', cell: { model: product.model, hardwareRevision: 'A' } }],
      uncovered: [],
      at: new Date().toISOString(),
    }
    const payload = canonicalBytes(asJson(verdict))
    const envelope = Buffer.from(JSON.stringify(signEnvelope(payloadTypes.labVerdict, payload, lab)))
    await withScope(this.server.database.app, systemScope(this.tenant.id, 'lab'), (scoped) =>
      noteLabVerdict(scoped, this.clock, { release, passed: true, envelope, digest: sha256(payload) }),
    )
  }

  /** A plan for everybody: two of each revision first, then all. */
  plan(changes: Partial<Request> = {}): Request {
    const now = this.clock.now().getTime()
    return {
      name: 'Door locks',
      release: this.release,
      waves: [
        { pick: 'stratified', perStratum: 2, soakSeconds: 10, minimumSample: 1 },
        { pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 },
      ],
      limits: {
        silenceSeconds: 60,
        maxFailurePercent: 40,
        perRevision: { maxFailurePercent: 60, minimumSample: 2, beyond: 'quarantine' },
      },
      notBefore: new Date(now - 1000).toISOString(),
      notAfter: new Date(now + 24 * 3600_000).toISOString(),
      ...changes,
    }
  }

  create(changes: Partial<Request> = {}): Promise<Detail> {
    return call(this.people.operator, contract.createRollout, { body: this.plan(changes) })
  }

  /** What a person would send to approve a digest with a key. */
  approval(digest: string, key: SigningKey) {
    return { signature: approve(digest, key).signature, publicKey: publicPem(publicHalf(key)) }
  }

  approve({ id, planDigest }: Pick<Detail, 'id' | 'planDigest'>, who: Approver): Promise<Detail> {
    const body = this.approval(planDigest, this.keys[who])
    return call(this.people[who], contract.approveRollout, { params: { id }, body })
  }

  /** A plan that two people approved and the signer signed. */
  async signed(changes: Partial<Request> = {}): Promise<Detail> {
    const made = await this.create(changes)
    await this.approve(made, 'approver')
    await this.approve(made, 'admin')
    return this.until(made.id, ({ state }) => state === 'scheduled')
  }

  /** A rollout whose first wave is open. */
  async started(changes: Partial<Request> = {}): Promise<Detail> {
    const { id } = await this.signed(changes)
    return call(this.people.operator, contract.startRollout, { params: { id } })
  }

  get(id: string): Promise<Detail> {
    return call(this.people.viewer, contract.getRollout, { params: { id } })
  }

  /** Takes turns until something holds; the time of the server does not pass by that. */
  async until(id: string, holds: (rollout: Detail) => boolean): Promise<Detail> {
    const patience = Date.now() + 40_000
    for (;;) {
      await this.tick()
      const rollout = await this.get(id)
      if (holds(rollout)) return rollout
      if (Date.now() > patience) throw new Error(`It never came to that: ${JSON.stringify(rollout)}`)
    }
  }

  /** Lets time pass for the server while it is awake, with a turn every few seconds. */
  async pass(seconds: number): Promise<void> {
    for (let left = seconds; left > 0; left -= 4) {
      this.clock.pass(Math.min(4, left))
      await this.tick()
    }
  }

  tick(store: Store = this.server.database.worker): Promise<void> {
    return tickDeployment(store, systemScope(this.tenant.id, 'deployment'), this.parts)
  }

  verify(store: Store = this.server.database.worker): Promise<number> {
    return verifyReported(store, systemScope(this.tenant.id, 'deployment'), this.parts)
  }

  async jobs(rollout: string) {
    return (await call(this.people.viewer, contract.listJobs, { query: { rollout, limit: 500 } })).items
  }

  /** The state of each device's job in a rollout, by serial number. */
  async states(rollout: string): Promise<Record<string, string>> {
    const names = (await this.jobs(rollout)).map(({ deviceName, state, class: reason }) => [
      deviceName,
      `${state}${reason ? ` ${reason}` : ''}`,
    ])
    return Object.fromEntries(names.toSorted(([a = ''], [b = '']) => (a < b ? -1 : 1)))
  }

  /** The devices that a poll offers something to now. */
  async offered(): Promise<DdiDevice[]> {
    const found = await Promise.all(
      this.devices.map(async (device) => ((await device.offered()) === undefined ? [] : [device])),
    )
    return found.flat()
  }

  /** One statement as the database's superuser, for who changes what they should not. */
  sql<Row extends object>(text: string, ...values: unknown[]): Promise<Row[]> {
    return query(this.server.database.urls.superuser, text, values)
  }
}
