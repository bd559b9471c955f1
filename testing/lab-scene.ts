import { randomUUID, sign } from 'node:crypto'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { call, type Reply } from '@suture/contract/client.ts'
import { createSite, importDevices, listDevices } from '@suture/contract/inventory.ts'
import * as lab from '@suture/contract/lab.ts'
import * as releases from '@suture/contract/releases.ts'
import type { ReportOutcome } from '@suture/server/adapters/port.ts'
import { coapObserver } from '@suture/server/adapters/probe/coap.ts'
import { httpObserver } from '@suture/server/adapters/probe/http.ts'
import { labCourier, type Observers, tickLab } from '@suture/server/lab/index.ts'
import type { Clock } from '@suture/server/platform/clock.ts'
import { type Store, systemScope, withScope } from '@suture/server/platform/database/store.ts'
import { enrol } from '@suture/server/signing/signer/ceremony.ts'
import { openHome } from '@suture/server/signing/signer/home.ts'
import { newSigningKey, publicHalf, publicPem, type SigningKey } from '@suture/trust/keys.ts'
import { BenchRig, type Orders } from './bench-rig.ts'
import { MovedClock } from './clock.ts'
import { query } from './database.ts'
import { testCeremony } from './signer-process.ts'
import { makeImage } from './simulator/image.ts'
import type { TestServer, TestTenant } from './world.ts'

type Run = Reply<typeof lab.getLabRun>
type Bricks = Parameters<typeof makeImage>[0]

export const observers: Observers = { http: httpObserver, coap: coapObserver }

/** Makes the home of a signer, so that there are keys to verify its statements with. */
export const openSignerHome = (home: string): void => void openHome(home, testCeremony(home).lock)

/** The ceremony that makes a lab’s key count for a tenant, given its UUID and the key in PEM. */
export const enrolLab = (home: string, tenant: string, publicKey: string): void =>
  void enrol(testCeremony(home), { tenant, person: randomUUID(), name: 'Lab', publicKey, role: 'lab' }, new Date())

/** A manufacturer’s firmware, signed with its own key, for the one model that every device of the scene is. */
export const kestrel = { manufacturer: 'Kestrel', model: 'DL-20' } as const

const hardware = [
  { serial: 'RIG-B', hardwareRevision: 'B', bootloader: '1.3' },
  { serial: 'RIG-C', hardwareRevision: 'C', bootloader: '1.4' },
] as const

/** A lab device: where it is read, and what it shows to its server if it speaks to one. */
export interface SceneRig {
  readonly serial: string
  readonly hardwareRevision: string
  readonly bootloader: string
  readonly protocol: 'http' | 'coap'
  readonly port: number
  readonly controllerId?: string
  readonly token?: string
  /** Whoever speaks no protocol does here what it is told. */
  poll?(orders: Orders, fileOf: (sha256: string) => string): Promise<void>
  end(): Promise<void>
}

/** A tenant with a lab of two rigs, a small fleet, and a manufacturer who signs what is uploaded. */
export class LabScene<R extends SceneRig = BenchRig> {
  readonly server: TestServer
  readonly tenant: TestTenant
  readonly vendor: SigningKey
  readonly rigs: readonly R[]
  readonly #clock: Clock
  #base = ''
  readonly #devices = new Map<R, number>()

  private constructor(server: TestServer, tenant: TestTenant, vendor: SigningKey, rigs: readonly R[], clock: Clock) {
    this.server = server
    this.tenant = tenant
    this.vendor = vendor
    this.rigs = rigs
    this.#clock = clock
  }

  /**
   * @param clock the server's
   * @param networks where the rigs' site may be probed
   */
  static async make(
    server: TestServer,
    clock: Clock,
    name: string,
    networks: readonly string[] = ['127.0.0.0/8'],
  ): Promise<LabScene> {
    const rigs = await Promise.all(hardware.map((each) => BenchRig.start({ ...each, firmware: '6.2.5' })))
    return LabScene.with(server, clock, await server.addTenant(name), rigs, networks)
  }

  /** The same with rigs of one’s own. */
  static async with<R extends SceneRig>(
    server: TestServer,
    clock: Clock,
    tenant: TestTenant,
    rigs: readonly R[],
    networks: readonly string[] = ['127.0.0.0/8'],
  ): Promise<LabScene<R>> {
    const scene = new LabScene(server, tenant, newSigningKey(), rigs, clock)
    await call(tenant.people.operator, createSite, { body: { name: 'Bench', probeNetworks: [...networks] } })
    await scene.#importDevices()
    await call(tenant.people.publisher, releases.addVendorKey, {
      body: { manufacturer: kestrel.manufacturer, name: '2026', publicKey: publicPem(publicHalf(scene.vendor)) },
    })
    scene.#base = (await scene.upload(scene.image({ version: '6.2.5' }), 'base.bin')).sha256
    await scene.#addRigs()
    return scene
  }

  async #importDevices(): Promise<void> {
    const usual = { ...kestrel, type: 'door lock', firmware: '6.2.5', site: 'Bench' }
    const rigs = this.rigs.map((rig) => ({
      ...usual,
      serial: rig.serial,
      hardwareRevision: rig.hardwareRevision,
      bootloader: rig.bootloader,
      identity: { protocol: rig.protocol, host: '127.0.0.1', port: rig.port, path: '/identity' },
      ...(rig.controllerId === undefined ? {} : { controllerId: rig.controllerId, token: rig.token }),
      rig: true,
    }))
    const fleet = [
      { serial: 'F1', hardwareRevision: 'B', bootloader: '1.3' },
      { serial: 'F2', hardwareRevision: 'C', bootloader: '1.3' },
      { serial: 'F3', hardwareRevision: 'C', bootloader: '1.3' },
      { serial: 'F4', hardwareRevision: 'C', bootloader: '1.4' },
      { serial: 'F5', hardwareRevision: 'A' },
      // A lab device that nobody has made a rig.
      { serial: 'SPARE', hardwareRevision: 'D', rig: true },
    ].map((each) => ({ ...usual, ...each }))
    await call(this.tenant.people.operator, importDevices, { body: { devices: [...rigs, ...fleet] } })
    const rows = await query<{ id: number; serial: string }>(
      this.server.database.urls.superuser,
      'select id, serial from inventory_device where tenant_id = $1',
      [this.tenant.id],
    )
    for (const rig of this.rigs) this.#devices.set(rig, Number(rows.find(({ serial }) => serial === rig.serial)?.id))
  }

  async #addRigs(): Promise<void> {
    const { items } = await call(this.tenant.people.operator, listDevices, { query: { limit: 500 } })
    for (const rig of this.rigs) {
      const device = items.find(({ serial }) => serial === rig.serial)?.id ?? ''
      await call(this.tenant.people.operator, lab.addRig, {
        body: { device, name: rig.serial, base: { artifact: this.#base, version: '6.2.5' } },
      })
    }
  }

  image(about: Pick<Bricks, 'version'> & Partial<Bricks>): Buffer {
    return makeImage({ ...kestrel, length: 4096, seed: 1, ...about })
  }

  /** The manufacturer's signature over some bytes. */
  signature(bytes: Buffer, key = this.vendor): string {
    return sign(null, bytes, key.key).toString('base64')
  }

  upload(bytes: Buffer, fileName = 'image.bin', signature = this.signature(bytes)) {
    return call(this.tenant.people.publisher, releases.uploadArtifact, {
      query: { fileName, signature },
      bytes: new Uint8Array(bytes),
    })
  }

  /** A release of one image for every revision, or for one. */
  async release(about: Pick<Bricks, 'version'> & Partial<Bricks>, hardwareRevision?: string) {
    const { sha256 } = await this.upload(this.image(about))
    const target = { ...kestrel, artifact: sha256, ...(hardwareRevision === undefined ? {} : { hardwareRevision }) }
    return call(this.tenant.people.publisher, releases.createRelease, {
      body: { name: 'Door lock fix', version: about.version, targets: [target] },
    })
  }

  test(release: string, stepSeconds = 5): Promise<Run> {
    return call(this.tenant.people.operator, lab.testRelease, { body: { release, stepSeconds } })
  }

  ordersOf(rig: R): Orders {
    const { app } = this.server.database
    const device = this.deviceOf(rig)
    const courier = labCourier(this.#clock)
    const scope = systemScope(this.tenant.id, 'ddi')
    return {
      next: async () => (await withScope(app, scope, (scoped) => courier.assignments(scoped, [device]))).get(device),
      report: async (actionId, said) =>
        (
          await withScope(app, scope, (scoped) => courier.take(scoped, [{ device, actionId, said }]))
        )[0] as ReportOutcome,
    }
  }

  deviceOf(rig: R): number {
    return this.#devices.get(rig) ?? -1
  }

  readonly fileOf = (sha256: string): string => join(this.server.home, 'blobs', 'sha256', sha256.slice(0, 2), sha256)

  /** One turn of everything: the rigs poll, the lab ticks. */
  async turn(store: Store = this.server.database.worker, eyes = observers, isFresh = false): Promise<void> {
    for (const rig of this.rigs) await rig.poll?.(this.ordersOf(rig), this.fileOf)
    const parts = { observers: eyes, home: this.server.home, isFresh }
    const failed = await tickLab(store, this.#clock, systemScope(this.tenant.id, 'lab'), parts)
    if (failed.length > 0) throw failed[0]
  }

  run(id: string): Promise<Run> {
    return call(this.tenant.people.operator, lab.getLabRun, { params: { id } })
  }

  /** Lets the time pass between two turns: on the clock alone, if it can be moved. */
  async rest(): Promise<void> {
    if (this.#clock instanceof MovedClock) this.#clock.pass(0.5)
    else await after(50)
  }

  /** Takes turns until a test has its verdict. */
  async finish({ id }: Pick<Run, 'id'>, turn = () => this.turn()): Promise<Run> {
    const until = Date.now() + 40_000
    for (;;) {
      await turn()
      const run = await this.run(id)
      if (run.state !== 'running') return run
      if (Date.now() > until) throw new Error(`The test does not end: ${JSON.stringify(run.trials)}`)
      await this.rest()
    }
  }

  async end(): Promise<void> {
    await Promise.all(this.rigs.map((rig) => rig.end()))
  }
}
