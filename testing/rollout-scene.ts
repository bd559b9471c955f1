import { randomBytes } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { call, type Reply } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { createSite, importDevices } from '@suture/contract/inventory.ts'
import { coapObserver } from '@suture/server/adapters/probe/coap.ts'
import { httpObserver } from '@suture/server/adapters/probe/http.ts'
import { type DeploymentParts, tickDeployment, verifyReported } from '@suture/server/deployment/index.ts'
import type { Clock } from '@suture/server/platform/clock.ts'
import { type Store, systemScope } from '@suture/server/platform/database/store.ts'
import { signerHome } from '@suture/server/signing/index.ts'
import { openHome } from '@suture/server/signing/signer/home.ts'
import { approve } from '@suture/trust/approval.ts'
import { newSigningKey, publicHalf, publicPem, type SigningKey } from '@suture/trust/keys.ts'
import { MovedClock } from './clock.ts'
import { query } from './database.ts'
import { DdiDevice } from './ddi-device.ts'
import { enrolWith, product, publishRelease, versions } from './published-release.ts'
import { type SignerProcess, startSigner, testCeremony } from './signer-process.ts'
import type { TestServer, TestTenant } from './world.ts'

type Detail = Reply<typeof contract.getRollout>
type Request = Parameters<typeof call<typeof contract.createRollout>>[2]['body']
type Approver = 'approver' | 'admin'

/** Gives a server a signer of its own. */
export function signerFor(server: TestServer): Promise<SignerProcess> {
  openHome(server.home, testCeremony(server.home).lock)
  return startSigner({ home: server.home, url: server.database.urls.signer })
}

/** A tenant with a published release and a fleet that speaks DDI over real sockets and can be read over HTTP. */
export class RolloutScene {
  readonly server: TestServer
  readonly tenant: TestTenant
  readonly clock: Clock
  readonly keys: Readonly<Record<Approver, SigningKey>> = { approver: newSigningKey(), admin: newSigningKey() }
  readonly devices: readonly DdiDevice[]
  readonly parts: DeploymentParts
  readonly #identities: Server
  release = ''

  private constructor(
    server: TestServer,
    tenant: TestTenant,
    clock: Clock,
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

  /**
   * @param clock the server's; one that can be moved where a test lets time pass
   * @param revisions how many devices there are of each
   */
  static async make(server: TestServer, clock: Clock, name: string, revisions: Readonly<Record<string, number>>) {
    const scene = new RolloutScene(server, await server.addTenant(name), clock, revisions)
    await new Promise<void>((resolve) => scene.#identities.listen(0, '127.0.0.1', resolve))
    await scene.#import()
    for (const who of ['approver', 'admin'] as const)
      enrolWith(server, scene.tenant, scene.people[who].id, 'approver', scene.keys[who])
    scene.release = await publishRelease(scene)
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

  /** Lets time pass for the server while it is awake, with a turn now and every few seconds. */
  async pass(seconds: number): Promise<void> {
    const { clock } = this
    if (!(clock instanceof MovedClock)) throw new Error('The clock of this scene cannot be moved')
    await this.tick()
    for (let left = seconds; left > 0; left -= 4) {
      clock.pass(Math.min(4, left))
      await this.tick()
    }
  }

  async tick(store: Store = this.server.database.worker, isFresh = false): Promise<void> {
    const failed = await tickDeployment(store, systemScope(this.tenant.id, 'deployment'), this.parts, isFresh)
    if (failed.length > 0) throw failed[0]
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
