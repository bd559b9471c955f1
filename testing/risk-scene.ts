import { readFileSync } from 'node:fs'
import { call } from '@suture/contract/client.ts'
import { listFindings } from '@suture/contract/risk.ts'
import { handlersWith } from '@suture/server/app.ts'
import { importKnowledge, type KnowledgeDocument } from '@suture/server/intelligence/index.ts'
import { systemScope } from '@suture/server/platform/database/store.ts'
import { newId } from '@suture/server/platform/id.ts'
import { createLog } from '@suture/server/platform/log.ts'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import { query } from './database.ts'
import { addFleet, type FleetDevice } from './fleet.ts'
import { startTestServer, type TestServer, type TestTenant } from './world.ts'

export const day = (text: string) => new Date(`${text}T12:00:00Z`)
export const endOf = (text: string) => new Date(`${text}T23:59:59.999Z`)

/** When a scene begins, and when people look at what came of it. */
const [morning, evening] = [day('2026-11-01'), day('2026-12-24')]

export const vision = 'CVE-2023-6448'
/** Not listed as exploited, automatable, of total impact. */
export const scripted = 'CVE-2024-2422'
export const netbox = { manufacturer: 'LenelS2', model: 'NetBox', firmware: '5.6.1' }

/** A device that `vision` concerns. */
export const device = (given: Partial<FleetDevice> = {}): FleetDevice => ({
  uid: newId(morning),
  manufacturer: 'Unitronics',
  model: 'Vision',
  firmware: '12.37',
  exposure: 'exposed',
  createdAt: morning,
  ...given,
})

const facts = JSON.parse(
  readFileSync(new URL('../data/knowledge/devices.json', import.meta.url), 'utf8'),
) as KnowledgeDocument
type Change = (each: KnowledgeDocument['vulnerabilities'][number]) => object

let version = 0
/** The facts with something else in the records that are kept, newer than any written before. */
export const written = (change: Change = (each) => each): Buffer =>
  Buffer.from(
    JSON.stringify({
      ...facts,
      source: { ...facts.source, retrieved: new Date(Date.UTC(2027, 0, ++version)).toISOString().slice(0, 10) },
      vulnerabilities: facts.vulnerabilities.map(change),
    }),
  )

export const handlers = handlersWith({
  signerKeys: '/nowhere',
  blobs: { path: () => '/nowhere' },
  sbomBytes: 0,
  home: '/nowhere',
  outward: [],
  log: createLog('fatal'),
})

/** A tenant whose devices are matched and decided on when a test says so. */
export class RiskScene {
  readonly server: TestServer
  readonly tenant: TestTenant
  /** The time at which things happen; people look at what came of it when all of it is over. */
  time = morning

  constructor(server: TestServer, tenant: TestTenant) {
    this.server = server
    this.tenant = tenant
  }

  learn(change?: Change) {
    return importKnowledge(this.server.database.worker, { now: () => this.time }, written(change))
  }

  have(...devices: FleetDevice[]): Promise<void> {
    return addFleet(this.server.database.urls.superuser, this.tenant.id, devices)
  }

  async match(): Promise<void> {
    await handlers['intelligence/match'](this.#context())
  }

  /** What the worker does after an event: it matches, then decides. */
  async work(): Promise<void> {
    await this.match()
    await handlers['risk/decide'](this.#context())
  }

  #context() {
    return {
      store: this.server.database.worker,
      clock: { now: () => this.time },
      scope: systemScope(this.tenant.id, 'test'),
      payload: { subject: 'test' },
      signal: new AbortController().signal,
    }
  }

  findings(query: object = {}) {
    return call(this.tenant.people.viewer, listFindings, { query })
  }

  /** One statement as the database’s superuser. */
  sql<Row extends object>(text: string, ...values: unknown[]): Promise<Row[]> {
    return query(this.server.database.urls.superuser, text, values)
  }
}

let serial = 0

/**
 * Gives the tests of a file a server, and each of them a tenant of its own.
 * @param set is told before each test what it plays on
 */
export function onRiskStage(set: (scene: RiskScene) => void): void {
  let server: TestServer
  beforeAll(async () => {
    server = await startTestServer({ clock: { now: () => evening } })
  })
  afterAll(() => server.stop())
  beforeEach(async () => set(new RiskScene(server, await server.addTenant(`fleet${serial++}`))))
}
