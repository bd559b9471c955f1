import { randomBytes, sign } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import * as auth from '@suture/contract/auth.ts'
import { type Connection, call } from '@suture/contract/client.ts'
import * as inventory from '@suture/contract/inventory.ts'
import * as lab from '@suture/contract/lab.ts'
import * as releases from '@suture/contract/releases.ts'
import { newSigningKey, publicHalf, publicPem } from '@suture/trust/keys.ts'
import pg from 'pg'
import { stopAll } from '../demo/children.ts'
import { startServer } from '../demo/server.ts'
import type { Switch } from '../sabotage/fault.ts'
import type { Ground, Target } from './draft.ts'

const product = { manufacturer: 'Kestrel', model: 'DL-20' } as const
const [before, next] = ['1.0', '1.1'] as const
const fileName = 'update.bin'
const [rigs, working, foreign] = [8, 120, 40]

/** A product that runs, with a tenant whose devices have something to do. */
export interface Scene {
  readonly url: URL
  readonly ground: Ground
  /** A device that is not fuzzed, which polls well beside it. */
  readonly witness: Target
  /** What it holds on to after its garbage is gone, and all that it has, in bytes. */
  memory(): Promise<{ readonly held: number; readonly rss: number }>
  /** Reads rows of the tenant. */
  rows<Row extends pg.QueryResultRow>(text: string): Promise<Row[]>
  end(): Promise<void>
}

const newToken = (): string => randomBytes(16).toString('hex')

/** Tells who each device is, as the lab asks before it begins. */
async function tellIdentities(): Promise<Server> {
  const server = createServer(({ url }, response) => {
    const serial = url?.slice(1)
    const identity = { ...product, serial, hardwareRevision: 'A', bootloader: '1', firmware: before }
    response.setHeader('content-type', 'application/json').end(JSON.stringify(identity))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  return server
}

async function signInFirst(base: string, code: string): Promise<Connection> {
  const login = { login: 'fuzz', password: 'a sentence nobody guesses' }
  const nobody = { base, headers: {} }
  await call(nobody, auth.completeSetup, { body: { ...login, code, name: 'Fuzz' } })
  const { headers } = await fetch(`${base}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(login),
  })
  return { base, headers: { cookie: headers.getSetCookie()[0]?.split(';')[0] ?? '' } }
}

/** A release whose test is under way on every rig, so that each of them has something to install. */
async function testOnRigs(admin: Connection, devices: readonly string[]): Promise<void> {
  const vendor = newSigningKey()
  await call(admin, releases.addVendorKey, {
    body: { manufacturer: product.manufacturer, name: 'V', publicKey: publicPem(publicHalf(vendor)) },
  })
  const upload = async (bytes: Buffer, name: string) => {
    const signature = sign(null, bytes, vendor.key).toString('base64')
    const given = { query: { fileName: name, signature }, bytes: new Uint8Array(bytes) }
    return (await call(admin, releases.uploadArtifact, given)).sha256
  }
  const [base, artifact] = [await upload(randomBytes(40_000), 'base.bin'), await upload(randomBytes(50_000), fileName)]
  for (const [at, device] of devices.entries())
    await call(admin, lab.addRig, {
      body: { device, name: `rig ${at}`, base: { artifact: base, version: before } },
    })
  const targets = [{ ...product, artifact }]
  const { id } = await call(admin, releases.createRelease, { body: { name: 'R', version: next, targets } })
  await call(admin, lab.testRelease, { body: { release: id, stepSeconds: 86_400 } })
}

/** Rows that no plan stands behind: such a job is never handed out, but its device may speak about it. */
async function putJobs(sql: Scene['rows'], first: number): Promise<void> {
  await sql(`
    insert into deployment_rollout (tenant_id, id, name, release_id, state, plan, audience, salt, created_by, created_at)
    select 1, gen_random_uuid(), 'R', id, 'draft', '', '', decode(md5('s'), 'hex'), created_by, now() from releases_release`)
  await sql(`
    insert into deployment_job (tenant_id, device_id, id, rollout_id, wave_no, model_id, hardware_revision, action_id, sha256,
      version_before, version_wanted, state, offered_at, last_word_at, deaf_ms)
    select 1, d.id, gen_random_uuid(), r.id, 1, d.model_id, 'A', ${first} + row_number() over (order by d.serial), sha256('a'),
      '${before}', '${next}', case when d.id % 3 = 0 then 'cancelling' else 'offered' end, now(), now(), 0
    from inventory_device d, deployment_rollout r where d.serial like 'dev-%' or d.serial like 'foreign-%'`)
}

const memoryOf = (pid: number, file: string) => async (): Promise<{ held: number; rss: number }> => {
  rmSync(file, { force: true })
  process.kill(pid, 'SIGUSR2')
  for (let tries = 0; tries < 200; tries++) {
    await after(50)
    try {
      return JSON.parse(readFileSync(file, 'utf8')) as { held: number; rss: number }
    } catch {
      // Not written yet.
    }
  }
  throw new Error('The server did not say how much memory it holds')
}

interface Named {
  readonly serial: string
  readonly token: string
}

const named = (prefix: string, count: number): Named[] =>
  Array.from({ length: count }, (_, at) => ({ serial: `${prefix}-${at}`, token: newToken() }))

/** What is imported of a device; rigs are read at a port of ours. */
const rowOf = ({ serial, token }: Named, port: number) => {
  const identity = { protocol: 'http' as const, host: '127.0.0.1', port, path: `/${serial}` }
  const place = { type: 'lock', hardwareRevision: 'A', firmware: before, site: 'Works' }
  const row = { ...product, ...place, serial, token, controllerId: serial }
  return serial.startsWith('rig-') ? { ...row, rig: true, identity } : row
}

/** Devices of every kind, with something to do where they have; says what each may speak about. */
async function putDevices(admin: Connection, rows: Scene['rows'], port: number, all: readonly Named[]) {
  await call(admin, inventory.createSite, { body: { name: 'Works', probeNetworks: ['127.0.0.0/8'] } })
  await call(admin, inventory.importDevices, { body: { devices: all.map((each) => rowOf(each, port)) } })
  const { items } = await call(admin, inventory.listDevices, { query: { limit: 500, q: 'rig:yes' } })
  const ids = items.map(({ id }) => id)
  await testOnRigs(admin, ids)
  await putJobs(rows, 1_000_000)
  const actions = await rows<{ serial: string; action: number }>(`
    select d.serial, j.action_id as action from deployment_job j join inventory_device d on d.id = j.device_id
    union all select d.serial, t.action_id from lab_trial t join inventory_device d on d.id = t.device_id`)
  const actionOf = new Map(actions.map(({ serial, action }) => [serial, action]))
  return ({ serial, token }: Named): Target => ({
    controllerId: serial,
    token,
    action: actionOf.get(serial),
    isForeign: serial.startsWith('foreign-'),
  })
}

/** The database as the application sees it, for the one tenant that there is. */
async function openRows(database: string) {
  const client = new pg.Client({ connectionString: database })
  await client.connect()
  await client.query(`select set_config('app.tenant_id', '1', false), set_config('app.site_ids', '*', false)`)
  const rows: Scene['rows'] = async (text) => (await client.query(text)).rows
  return { rows, close: () => client.end() }
}

/** Starts the product as its users do, and gives it work. */
export async function makeScene(sabotage: Switch | undefined): Promise<Scene> {
  const folder = mkdtempSync(join(tmpdir(), 'suture-fuzz-'))
  const file = join(folder, 'memory.json')
  process.env.SUTURE_FUZZ_MEMORY = file
  const hook = `--import=${join(import.meta.dirname, 'memory.ts')}`
  const server = await startServer(folder, sabotage, false, hook)
  const code = /suc_[\w-]{43}/.exec(await server.process.line((line) => /suc_[\w-]{43}/.test(line)))?.[0] ?? ''
  const admin = await signInFirst(server.url, code)
  const identities = await tellIdentities()
  const { port } = identities.address() as AddressInfo
  const { rows, close } = await openRows(server.database)
  const tried = [...named('rig', rigs), ...named('dev', working), ...named('foreign', foreign)]
  const witness = { serial: 'witness', token: newToken() }
  const targetOf = await putDevices(admin, rows, port, [...tried, witness])
  const { secret: gateway } = await call(admin, inventory.createGateway, { body: { name: 'G' } })
  const url = new URL(server.url)
  return {
    url,
    ground: { host: url.host, tenant: 'main', targets: tried.map(targetOf), fileName, gateway },
    witness: targetOf(witness),
    memory: memoryOf(server.process.pid, file),
    rows,
    end: async () => {
      await close()
      identities.closeAllConnections()
      identities.close()
      await stopAll()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
