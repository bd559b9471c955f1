import { sign } from 'node:crypto'
import { type Connection, call } from '@suture/contract/client.ts'
import { createGateway } from '@suture/contract/inventory.ts'
import { Problem } from '@suture/contract/problem.ts'
import { type RefusalCode, refusals } from '@suture/contract/refusals.ts'
import { addVendorKey } from '@suture/contract/releases.ts'
import { newSigningKey, publicHalf, publicPem, type SigningKey } from '@suture/trust/keys.ts'
import { MovedClock } from './clock.ts'
import { DdiDevice } from './ddi-device.ts'
import { changesBetween, fingerprint, type Holder, type Spared } from './fingerprint.ts'
import { product, versions } from './published-release.ts'
import { RolloutScene, signerFor } from './rollout-scene.ts'
import type { SignerProcess } from './signer-process.ts'
import { startTestServer, type TestServer } from './world.ts'

/** What changes beside everything that is refused. */
const always: Spared = [
  { table: 'platform_session', column: 'used_at', why: 'whoever asks is there, whatever the answer' },
  { file: 'signer/heartbeat', why: 'the signer is alive, whatever is asked of the server' },
]

/** One thing that is refused: how it is provoked, once everything that leads to it is there, and what is answered. */
export interface Refused {
  readonly what: string
  readonly prepare: (scene: RefusalScene) => Attempt | Promise<Attempt>
  readonly status: number
  /** `''` where nobody is told why: the answer has no body. */
  readonly code: RefusalCode | ''
  /** What the answer names beside the text of the catalogue. */
  readonly names?: RegExp
  readonly spared?: Spared
}

type Attempt = () => Promise<Response>

/** What came of an attempt: the answer, and what changed. */
interface Outcome {
  readonly status: number
  readonly code: string
  readonly body: string
  readonly changes: readonly string[]
}

/** The code of an answer that is as RFC 9457 and the catalogue say; `''` without a body. */
function codeIn(body: string, status: number): string {
  if (body === '') return ''
  const problem = Problem.parse(JSON.parse(body))
  const { says, remedy } = refusals[problem.code as RefusalCode]
  const isWhole = problem.title === says && problem.remedy === remedy && problem.status === status
  return isWhole ? String(problem.code) : `${problem.code}, told otherwise than the catalogue does`
}

/** Takes what a server knows before and after an attempt. */
export async function outcomeOf(of: Holder, attempt: Attempt, spared: Spared = []): Promise<Outcome> {
  const but = [...always, ...spared]
  const before = await fingerprint(of, but)
  const answer = await attempt()
  const body = await answer.text()
  const changes = changesBetween(before, await fingerprint(of, but))
  return { status: answer.status, code: answer.ok ? '' : codeIn(body, answer.status), body, changes }
}

export interface Sent {
  readonly method?: string
  readonly type?: string
  readonly body?: RequestInit['body']
}

/** So many blanks, without saying beforehand how many. */
export const unannounced = (bytes: number) => {
  const chunk = new Uint8Array(65_536).fill(32)
  let left = bytes
  return new ReadableStream<Uint8Array>({
    pull: (controller) => {
      if (left <= 0) return controller.close()
      left -= chunk.length
      controller.enqueue(chunk)
    },
  })
}

/** A server with people, a signed plan, and devices: one whose job is over, one under way, one that has not come yet. */
export class RefusalScene {
  readonly server: TestServer
  readonly rollouts: RolloutScene
  readonly vendor: SigningKey
  #signer: SignerProcess

  private constructor(server: TestServer, signer: SignerProcess, rollouts: RolloutScene, vendor: SigningKey) {
    this.server = server
    this.#signer = signer
    this.rollouts = rollouts
    this.vendor = vendor
  }

  static async make(): Promise<RefusalScene> {
    const clock = new MovedClock()
    const server = await startTestServer({ clock })
    const signer = await signerFor(server)
    const rollouts = await RolloutScene.make(server, clock, 'plant', { A: 3 })
    const vendor = newSigningKey()
    const body = { manufacturer: product.manufacturer, name: 'Ours', publicKey: publicPem(publicHalf(vendor)) }
    await call(rollouts.people.publisher, addVendorKey, { body })
    const { id } = await rollouts.started({
      waves: [{ pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 }],
    })
    const scene = new RefusalScene(server, signer, rollouts, vendor)
    await scene.over.update('success', versions.after)
    await rollouts.verify()
    const action = await scene.underWay.offered()
    await scene.underWay.write(action ?? '')
    const states = await rollouts.states(id)
    if (!Object.values(states).join().startsWith('verified as-wanted,installing'))
      throw new Error(`The devices are not where the scene wants them: ${JSON.stringify(states)}`)
    return scene
  }

  async end(): Promise<void> {
    await this.rollouts.end()
    await this.#signer.end('SIGTERM')
    await this.server.stop()
  }

  /** Does something while the signer is away. */
  async withoutSigner<T>(run: () => Promise<T>): Promise<T> {
    await this.#signer.end('SIGTERM')
    try {
      return await run()
    } finally {
      this.#signer = await signerFor(this.server)
    }
  }

  #device(at: number): DdiDevice {
    return this.rollouts.devices[at] as DdiDevice
  }

  /** The device whose job is over. */
  get over(): DdiDevice {
    return this.#device(0)
  }

  /** The device that is writing. */
  get underWay(): DdiDevice {
    return this.#device(1)
  }

  get people() {
    return this.rollouts.people
  }

  /** One request to the API, as raw as a test wants it. */
  ask(who: Connection, path: string, { method = 'POST', type = 'application/json', body }: Sent = {}) {
    return fetch(new URL(`/api/v1/${path}`, this.server.base), {
      method,
      headers: { ...who.headers, 'suture-client': '1', ...(body === undefined ? {} : { 'content-type': type }) },
      ...(body === undefined ? {} : { body }),
      ...(body instanceof ReadableStream ? { duplex: 'half' } : {}),
    } as RequestInit)
  }

  /** Uploads bytes as an artifact, under a signature if there is one. */
  upload(bytes: Uint8Array<ArrayBuffer>, signature?: string) {
    const query = new URLSearchParams({ fileName: 'image.bin', ...(signature === undefined ? {} : { signature }) })
    const type = 'application/octet-stream'
    return this.ask(this.people.publisher, `artifacts?${query}`, { method: 'PUT', type, body: bytes })
  }

  /** A key’s signature over bytes, as a manufacturer gives it. */
  signature(bytes: Uint8Array, { key } = this.vendor): string {
    return sign(null, bytes, key).toString('base64')
  }

  /** Sends the SBOM of a firmware version of the fleet. */
  sbom(body: Sent['body'], model: string = product.model) {
    const query = new URLSearchParams({ ...product, model, firmware: versions.before })
    const type = 'application/vnd.cyclonedx+json'
    return this.ask(this.people.operator, `bill-imports?${query}`, { type, body })
  }

  /** A word of a device about an action, with everything that one may want to say wrongly. */
  tell(device: DdiDevice, action: string, body: string, authorization?: string) {
    const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body }
    return device.request(`${device.base}/deploymentBase/${action}/feedback`, init, authorization)
  }

  /** The number of the action that a device has or had. */
  async actionOf({ about }: DdiDevice): Promise<string> {
    const [row] = await this.rollouts.sql<{ action: string }>(
      `select action_id::text as action from deployment_job j join inventory_device d on d.id = j.device_id where d.serial = $1`,
      about.serial,
    )
    if (!row) throw new Error(`${about.serial} has no job`)
    return row.action
  }

  /** The API’s id of a device that registered itself through a gateway and waits in quarantine. */
  async quarantined(serial: string): Promise<string> {
    const { secret } = await call(this.people.operator, createGateway, { body: { name: serial } })
    const device = new DdiDevice(this.server.base, 'plant', { serial, hardwareRevision: 'A', token: '' }, '1')
    await device.request(device.base, {}, `GatewayToken ${secret}`)
    const data = { ...product, hardwareRevision: 'A', firmware: versions.before, serial }
    const init = { method: 'PUT', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ data }) }
    await device.request(`${device.base}/configData`, init, `GatewayToken ${secret}`)
    const [row] = await this.rollouts.sql<{ uid: string }>(
      `select uid from inventory_device d join inventory_device_key k on k.device_id = d.id where k.value = $1`,
      serial,
    )
    return row?.uid ?? 'never registered'
  }

  /** Changes the stored bytes of a plan, past the server. */
  async editPlan(id: string): Promise<void> {
    const edited = `convert_to(replace(convert_from(plan, 'UTF8'), '"percent":100', '"percent":99'), 'UTF8')`
    await this.rollouts.sql(`update deployment_rollout set plan = ${edited} where id = $1`, id)
  }
}
