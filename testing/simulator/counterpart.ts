import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

/** A request that a device made. */
interface Asked {
  readonly method: string
  /** Below the device's own place: `` for a poll, `deploymentBase/1/feedback`. */
  readonly path: string
  readonly authorization: string | undefined
  readonly range: string | undefined
  readonly body: unknown
}

/** How an offer is served; what is left out is as it should be. */
interface Serving {
  readonly sha256?: string
  readonly size?: number
  readonly download?: string
  readonly update?: string
  readonly ranges?: false
  /** Bytes to send before it waits until `release` is called. */
  readonly holdAt?: number
}

interface Offer extends Serving {
  readonly actionId: string
  readonly image: Buffer
}

/** What the counterpart knows of one device. */
interface Known {
  readonly asked: Asked[]
  offer: Offer | undefined
  cancelling: string | undefined
  configData: boolean
}

/** The server's side of DDI for the simulator's own tests: it offers what it is told to, and writes down what it is asked. */
export interface Counterpart {
  readonly url: string
  /** Until the next poll, as `HH:MM:SS`. */
  sleep: string
  /** Answers instead of the counterpart with a status, where it returns one. */
  refuse: (controllerId: string, asked: Asked) => number | undefined
  asked(controllerId: string): readonly Asked[]
  feedback(controllerId: string): readonly string[]
  offer(controllerId: string, image: Buffer, serving?: Serving): string
  change(controllerId: string, serving: Serving): void
  cancel(controllerId: string): void
  requestAttributes(controllerId: string): void
  /** Sends the rest of what it holds back. */
  release(): void
  close(): Promise<void>
}

interface FeedbackBody {
  readonly status: { readonly execution: string; readonly result: { readonly finished: string } }
}

/** Waits until something holds; a guard against hangs, not a measure of speed. */
export async function until<T>(check: () => T | undefined | false | Promise<T | undefined | false>): Promise<T> {
  const deadline = performance.now() + 30_000
  for (;;) {
    const found = await check()
    if (found !== undefined && found !== false) return found
    if (performance.now() > deadline) throw new Error(`Not within 30 s: ${check}`)
    await delay(20)
  }
}

function deploymentOf(base: string, { actionId, image, ...serving }: Offer): object {
  const sha256 = serving.sha256 ?? createHash('sha256').update(image).digest('hex')
  const href = { href: `${base}/softwaremodules/1/artifacts/image` }
  const artifact = {
    filename: 'image',
    size: serving.size ?? image.length,
    hashes: { sha1: '', md5: '', sha256 },
    _links: { 'download-http': href, download: href },
  }
  const { download = 'forced', update = 'forced' } = serving
  const chunks = [{ part: 'os', version: '1', name: 'image', artifacts: [artifact] }]
  return { id: actionId, deployment: { download, update, chunks } }
}

const readBody = async (request: IncomingMessage): Promise<unknown> => {
  const text = Buffer.concat((await request.toArray()) as Buffer[]).toString('utf8')
  return text === '' ? undefined : JSON.parse(text)
}

interface World {
  readonly devices: Map<string, Known>
  readonly counterpart: Counterpart
  held: Promise<void>
}

function know({ devices }: Pick<World, 'devices'>, controllerId: string): Known {
  const known = devices.get(controllerId) ?? { asked: [], offer: undefined, cancelling: undefined, configData: false }
  devices.set(controllerId, known)
  return known
}

async function sendImage(world: World, response: ServerResponse, offer: Offer, range: string | undefined) {
  const { image, holdAt, ranges } = offer
  const start = ranges === false ? 0 : Number(/^bytes=(\d+)-$/.exec(range ?? '')?.[1] ?? 0)
  if (start >= image.length) return response.writeHead(416).end()
  const content = `bytes ${start}-${image.length - 1}/${image.length}`
  response.writeHead(start > 0 ? 206 : 200, {
    'content-length': image.length - start,
    ...(start > 0 ? { 'content-range': content } : {}),
  })
  const held = Math.max(start, holdAt ?? image.length)
  response.write(image.subarray(start, held))
  if (held < image.length) await world.held
  return response.end(image.subarray(held))
}

function pollOf({ counterpart }: World, { offer, cancelling, configData }: Known, base: string): object {
  const href = (path: string) => ({ href: `${base}/${path}` })
  const links = {
    ...(configData ? { configData: href('configData') } : {}),
    ...(cancelling !== undefined ? { cancelAction: href(`cancelAction/${cancelling}`) } : {}),
    ...(cancelling === undefined && offer ? { deploymentBase: href(`deploymentBase/${offer.actionId}?c=1`) } : {}),
  }
  return { config: { polling: { sleep: counterpart.sleep } }, _links: links }
}

/** Takes a feedback; the status of the answer. */
function take(known: Known, on: string, id: string, body: unknown): number {
  const { execution } = (body as FeedbackBody).status
  if (on === 'deploymentBase' && known.offer?.actionId !== id) return 410
  if (on === 'cancelAction' && known.cancelling !== id) return 404
  if (on === 'cancelAction' || execution === 'closed') known.cancelling = undefined
  if (execution === 'closed') known.offer = undefined
  return 200
}

async function answer(world: World, known: Known, base: string, asked: Asked, response: ServerResponse) {
  const [what = '', id = '', feedback] = asked.path.split('/')
  const json = (body: object) => response.setHeader('content-type', 'application/json').end(JSON.stringify(body))
  const end = (status: number) => response.writeHead(status).end()
  const { offer, cancelling } = known
  if (what === '') return json(pollOf(world, known, base))
  if (feedback === 'feedback') return end(take(known, what, id, asked.body))
  if (what === 'softwaremodules' && offer) return await sendImage(world, response, offer, asked.range)
  if (what === 'deploymentBase' && offer?.actionId === id && cancelling === undefined)
    return json(deploymentOf(base, offer))
  if (what === 'cancelAction' && cancelling === id) return json({ id, cancelAction: { stopId: id } })
  if (what !== 'configData') return end(404)
  known.configData = false
  return end(200)
}

const feedbackOf = (asked: readonly Asked[]): readonly string[] =>
  asked
    .filter(({ path }) => path.endsWith('/feedback'))
    .map(({ path, body }) => {
      const { execution, result } = (body as FeedbackBody).status
      return `${path.replace(/\/.*/, '')} ${execution} ${result.finished}`
    })

function createWorld(): World {
  const devices = new Map<string, Known>()
  let actions = 0
  let release = () => {}
  const hold = () => new Promise<void>((resolve) => (release = resolve))
  const of = (controllerId: string) => know({ devices }, controllerId)
  const counterpart: Counterpart = {
    url: '',
    sleep: '00:00:00',
    refuse: () => undefined,
    asked: (controllerId) => of(controllerId).asked,
    feedback: (controllerId) => feedbackOf(of(controllerId).asked),
    offer: (controllerId, image, serving = {}) => {
      const actionId = String(++actions)
      of(controllerId).offer = { actionId, image, ...serving }
      return actionId
    },
    change: (controllerId, serving) => {
      const { offer } = of(controllerId)
      if (offer) of(controllerId).offer = { ...offer, ...serving }
    },
    cancel: (controllerId) => {
      of(controllerId).cancelling = of(controllerId).offer?.actionId
    },
    requestAttributes: (controllerId) => {
      of(controllerId).configData = true
    },
    release: () => {
      release()
      world.held = hold()
    },
    close: async () => {},
  }
  const world: World = { devices, counterpart, held: hold() }
  return world
}

/** The counterpart, listening on a port of the loopback; 0 is any that is free. */
export async function startCounterpart(port = 0): Promise<Counterpart> {
  const world = createWorld()
  const { counterpart } = world
  const server = createServer(async (request, response) => {
    const [, controllerId = '', path = ''] =
      /^\/default\/controller\/v1\/([^/?]+)\/?([^?]*)/.exec(request.url ?? '') ?? []
    const { authorization, range } = request.headers
    const asked = { method: request.method ?? '', path, authorization, range, body: await readBody(request) }
    const known = know(world, controllerId)
    known.asked.push(asked)
    const status = counterpart.refuse(controllerId, asked)
    if (status !== undefined) response.writeHead(status).end()
    else await answer(world, known, `${counterpart.url}/default/controller/v1/${controllerId}`, asked, response)
  })
  server.listen(port, '127.0.0.1')
  await once(server, 'listening')
  return Object.assign(counterpart, {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.close()
      server.closeAllConnections()
      await once(server, 'close')
    },
  })
}
