import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { call } from '@suture/contract/client.ts'
import type { createRollout } from '@suture/contract/deployment.ts'
import { getDevice, importDevices, listDevices } from '@suture/contract/inventory.ts'
import { product, publishRelease, versions } from '../testing/published-release.ts'
import { ControlPlane } from './control-plane.ts'
import { type ImageSigner, makeImageSigner, makeSwu } from './swu.ts'
import { type Secret, SwupdateDevice } from './swupdate.ts'
import { Wire } from './wire.ts'

/** A device with SWUpdate that the fleet knows, the wire between it and the server, and its job. */
export class Member {
  readonly plant: Plant
  readonly device: SwupdateDevice
  readonly wire: Wire
  readonly secret: Secret
  rollout = ''

  constructor(plant: Plant, device: SwupdateDevice, wire: Wire, secret: Secret) {
    this.plant = plant
    this.device = device
    this.wire = wire
    this.secret = secret
  }

  switchOn(secret = this.secret): void {
    this.device.start(this.wire.url, this.plant.plane.tenant, secret)
  }

  /** Restarts as after an installation: into what was written, or back into what it ran. */
  restart(comesUp = true): Promise<void> {
    return this.device.restart(this.wire.url, this.plant.plane.tenant, this.secret, comesUp)
  }

  /** What the server knows of it. */
  async known() {
    const { viewer } = this.plant.people
    const { items } = await call(viewer, listDevices, { query: { q: `serial:${this.device.about.serial}` } })
    return call(viewer, getDevice, { params: { id: items[0]?.id ?? '' } })
  }

  /** Its job in its rollout, once it has one. */
  async job() {
    return (await this.plant.plane.scene.jobs(this.rollout))[0]
  }

  /** The state of its job, and why; `none` while it has none. */
  async state(): Promise<string> {
    const job = await this.job()
    return job === undefined ? 'none' : `${job.state}${job.class === null ? '' : ` ${job.class}`}`
  }

  /** Whether its job has ended, whichever way. */
  async hasEnded(): Promise<boolean> {
    const job = await this.job()
    return job !== undefined && job.endedAt !== null
  }

  /** What it has posted about its job: the words that the server kept, oldest first. */
  async said(): Promise<string[]> {
    const rows = await this.plant.plane.scene.sql<{ execution: string }>(
      `select f.execution from deployment_feedback f join deployment_job j on j.id = f.job_id
        where j.rollout_id = $1 order by f.id`,
      this.rollout,
    )
    return rows.map(({ execution }) => execution)
  }

  async end(): Promise<void> {
    await this.device.end()
    await this.wire.end()
  }
}

/**
 * Waits until something holds, ten times as long as it takes on an idle machine.
 * @throws with what there is instead
 */
export async function until(holds: () => unknown, instead: () => unknown = () => ''): Promise<void> {
  const patience = Date.now() + 180_000
  while (!(await holds())) {
    if (Date.now() > patience) throw new Error(`It never came to that: ${holds} ${await instead()}`)
    await after(100)
  }
}

const log = ({ device }: Member): string => device.log.slice(-3000)

/** Waits until a device's job is in a state, with its reason; a job that has ended otherwise is not waited for. */
export async function become(member: Member, state: string): Promise<void> {
  await until(
    async () => (await member.state()) === state || (await member.hasEnded()),
    async () => `${await member.state()}, and not ${state}; ${log(member)}`,
  )
  const is = await member.state()
  if (is !== state) throw new Error(`The job ended as ${is}, and not as ${state}; ${log(member)}`)
}

/** Waits until a device has written an image, which runs after the next start. */
export async function written(member: Member): Promise<void> {
  await until(
    async () => member.device.hasIncoming || (await member.hasEnded()),
    () => log(member),
  )
  if (!member.device.hasIncoming) throw new Error(`The job ended as ${await member.state()}; ${log(member)}`)
}

/** A control plane, somebody who signs images, and devices with SWUpdate. */
export class Plant {
  readonly plane: ControlPlane
  readonly signer: ImageSigner
  readonly #folder: string

  private constructor(plane: ControlPlane, folder: string) {
    this.plane = plane
    this.#folder = folder
    this.signer = makeImageSigner(folder, 'vendor')
  }

  static async make(name: string): Promise<Plant> {
    return new Plant(await ControlPlane.start(name), mkdtempSync(join(tmpdir(), 'suture-swupdate-')))
  }

  get people() {
    return this.plane.scene.people
  }

  /** A signer whom no device knows. */
  stranger(): ImageSigner {
    return makeImageSigner(this.#folder, 'stranger')
  }

  /** A device that is switched off, and nobody knows yet. */
  async newDevice(serial: string, secret: Secret): Promise<Member> {
    const device = await SwupdateDevice.make({
      folder: join(this.#folder, serial),
      ...{ serial, hardwareRevision: 'A', firmware: versions.before },
      certificate: this.signer.certificate,
    })
    return new Member(this, device, await Wire.to(this.plane.url), secret)
  }

  /** A device that an operator imported, switched off. */
  async member(serial: string): Promise<Member> {
    const token = randomBytes(16).toString('hex')
    const member = await this.newDevice(serial, { kind: 'target', value: token })
    await this.import(member, { controllerId: serial, token })
    return member
  }

  /** Puts a device on the operator's list, with the address at which it may be read. */
  async import({ device }: Member, more: { controllerId?: string; token?: string }): Promise<void> {
    const { serial, hardwareRevision } = device.about
    const row = {
      ...product,
      ...{ serial, hardwareRevision, type: 'door lock', firmware: versions.before, site: 'Works' },
      identity: { protocol: 'http' as const, host: '127.0.0.1', port: device.port, path: '/identity' },
      ...more,
    }
    await call(this.people.operator, importDevices, { body: { devices: [row] } })
  }

  /** Starts a rollout of an image that is made for one device. */
  async roll(
    member: Member,
    image: Partial<Parameters<typeof makeSwu>[0]> = {},
    plan: Partial<Parameters<typeof call<typeof createRollout>>[2]['body']> = {},
  ): Promise<void> {
    const { serial } = member.device.about
    const bytes = makeSwu({
      folder: join(this.#folder, `${serial}-image`),
      ...{ signer: this.signer, version: versions.after, into: member.device.incoming },
      ...image,
    })
    const release = await publishRelease(this.plane.scene, bytes, 'update.swu')
    const { id } = await member.known()
    const started = await this.plane.scene.started({
      release,
      audience: { devices: [id] },
      waves: [{ pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 }],
      ...plan,
    })
    member.rollout = started.id
  }

  async end(): Promise<void> {
    await this.plane.end()
    rmSync(this.#folder, { recursive: true, force: true })
  }
}
