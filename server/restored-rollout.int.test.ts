import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { type Connection, call } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { createSite, importDevices } from '@suture/contract/inventory.ts'
import { emptyDatabaseForThisTest, query, type TestDatabase } from '@suture/testing/database.ts'
import { enrolWith, product, publishRelease, versions } from '@suture/testing/published-release.ts'
import { startSigner, testCeremony } from '@suture/testing/signer-process.ts'
import type { DeviceEntry } from '@suture/testing/simulator/fleet.ts'
import { type SimulatorProcess, startSimulator } from '@suture/testing/simulator/process.ts'
import { addTenant, signIn, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { approve } from '@suture/trust/approval.ts'
import { newSigningKey, publicHalf, publicPem } from '@suture/trust/keys.ts'
import { expect, onTestFinished, test } from 'vitest'
import { backUp, readConfig, restore, startServer } from './host.ts'
import { systemClock } from './platform/clock.ts'
import { openHome } from './signing/signer/home.ts'

const silent = { total: () => undefined, advance: () => undefined }

const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'suture-restored-'))
  onTestFinished(() => rmSync(made, { recursive: true, force: true }))
  return made
}

const configOf = (urls: TestDatabase['urls'], home: string, port: number) =>
  readConfig({
    SUTURE_HOME: home,
    SUTURE_LISTEN: `127.0.0.1:${port}`,
    DATABASE_URL: urls.owner,
    SUTURE_APP_DATABASE_URL: urls.app,
    SUTURE_WORKER_DATABASE_URL: urls.worker,
    SUTURE_SIGNER: 'external',
    SUTURE_POLL_SECONDS: '1',
    SUTURE_LOG_LEVEL: 'error',
  })

/** A server with its signer, on a database and a home; both end with the test at the latest. */
async function start(urls: TestDatabase['urls'], home: string, port: number) {
  openHome(home, testCeremony(home).lock)
  // The server makes the tables that the signer waits for.
  const server = await startServer(configOf(urls, home, port))
  const signer = await startSigner({ home, url: urls.signer })
  const stop = async () => {
    await server.stop()
    await signer.end('SIGTERM')
  }
  onTestFinished(stop)
  return { url: server.url, port: Number(new URL(server.url).port), stop }
}

/** Five that are slow, so that some are at it at any time, and ten that are not. */
const entries: readonly DeviceEntry[] = Array.from({ length: 15 }, (_, at) => ({
  ...{ controllerId: `lock-${at}`, serial: `lock-${at}`, token: String(at).padStart(32, '0'), ...product },
  ...{ hardwareRevision: 'A', bootloader: '1.4', firmware: versions.before },
  identity: { protocol: 'http', port: 0 },
  behaviour: at % 3 === 0 ? 'slow' : 'honest',
}))

async function importFleet(operator: Connection, simulator: SimulatorProcess): Promise<void> {
  await call(operator, createSite, { body: { name: 'Works', probeNetworks: ['127.0.0.0/8'] } })
  const devices = entries.map(({ controllerId, serial, token, hardwareRevision, firmware }) => ({
    ...{
      ...product,
      controllerId,
      serial,
      token: token ?? '',
      hardwareRevision,
      firmware,
      type: 'door lock',
      site: 'Works',
    },
    identity: {
      protocol: 'http' as const,
      host: '127.0.0.1',
      port: simulator.ports.get(controllerId) ?? 0,
      path: '/identity',
    },
  }))
  await call(operator, importDevices, { body: { devices } })
}

/** A rollout of the release in two waves, approved by two people and started. */
async function rollOut(server: TestServer, tenant: TestTenant): Promise<string> {
  const { people } = tenant
  const release = await publishRelease({ server, tenant, clock: systemClock })
  const now = Date.now()
  const body = {
    ...{ name: 'Door locks', release },
    waves: [
      { pick: 'stratified' as const, perStratum: 4, soakSeconds: 0, minimumSample: 1 },
      { pick: 'hashed' as const, percent: 100, soakSeconds: 0, minimumSample: 1 },
    ],
    limits: {
      silenceSeconds: 60,
      maxFailurePercent: 40,
      perRevision: { maxFailurePercent: 60, minimumSample: 2, beyond: 'quarantine' as const },
    },
    notBefore: new Date(now - 1000).toISOString(),
    notAfter: new Date(now + 3600_000).toISOString(),
  }
  const { id, planDigest } = await call(people.operator, contract.createRollout, { body })
  for (const who of ['approver', 'admin'] as const) {
    const key = newSigningKey()
    enrolWith(server, tenant, people[who].id, 'approver', key)
    const approval = { signature: approve(planDigest, key).signature, publicKey: publicPem(publicHalf(key)) }
    await call(people[who], contract.approveRollout, { params: { id }, body: approval })
  }
  await until(async () => (await call(people.viewer, contract.getRollout, { params: { id } })).state === 'scheduled')
  await call(people.operator, contract.startRollout, { params: { id } })
  return id
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const patience = Date.now() + 100_000
  while (!(await holds())) {
    if (Date.now() > patience) throw new Error('It never came to that')
    await after(20)
  }
}

/** The devices of which something became true so far, once for each time. */
const those = async (simulator: SimulatorProcess, event: 'installing' | 'installed'): Promise<readonly string[]> =>
  (await simulator.truth()).flatMap((line) => (line.event === event ? [line.controllerId] : []))

test('a rollout that a restore falls into ends verified for every device, and each installs exactly once', async () => {
  const [home, restoredHome, file] = [folder(), folder(), join(folder(), 'mid-rollout.backup')]
  const database = await emptyDatabaseForThisTest()
  const first = await start(database.urls, home, 0)
  const tenant = await addTenant(database, systemClock, first.url, 'main')
  const place = { database, base: first.url, home } as TestServer
  const simulator = await startSimulator({
    ...{ server: first.url, tenant: 'main', seed: 7, truth: join(home, 'truth.jsonl'), identityHost: '127.0.0.1' },
    ...{ installSeconds: [0.3, 1], bootSeconds: [0.1, 0.3], devices: entries },
  })
  onTestFinished(async () => void (await simulator.stop()))
  await importFleet(tenant.people.operator, simulator)
  const id = await rollOut(place, tenant)

  // The backup knows the jobs of the first wave, and the end of none or few of them.
  await until(async () => (await those(simulator, 'installing')).length > 0)
  await backUp(configOf(database.urls, home, 0), file, {}, silent)
  // The second wave opens, some of it comes to an end, and somebody is at it when the server is lost.
  await until(async () => (await those(simulator, 'installed')).length >= 9)
  await until(async () => (await those(simulator, 'installing')).length > (await those(simulator, 'installed')).length)
  await first.stop()

  const { urls } = await emptyDatabaseForThisTest()
  // The signer goes on from where it is: its journal knows more than the restored database.
  cpSync(join(home, 'signer'), join(restoredHome, 'signer'), { recursive: true })
  await restore(configOf(urls, restoredHome, 0), file, { settleSeconds: 8, watch: silent })
  const [lost] = await query<{ jobs: number; ended: number }>(
    urls.superuser,
    `select count(*)::int as jobs, count(ended_at)::int as ended from deployment_job`,
  )
  const done = new Set(await those(simulator, 'installed')).size
  expect(lost?.jobs).toBeGreaterThan(0)
  expect(lost?.jobs).toBeLessThan(done)
  expect(lost?.ended).toBeLessThan(done)

  const second = await start(urls, restoredHome, first.port)
  const viewer = await signIn(second.url, tenant.people.viewer.login)
  await until(async () => (await call(viewer, contract.getRollout, { params: { id } })).state === 'finished')
  const jobs = (await call(viewer, contract.listJobs, { query: { rollout: id, limit: 500 } })).items
  const all = entries.map(({ serial }) => serial).sort()
  expect(jobs.map(({ deviceName, state }) => `${deviceName} ${state}`).sort()).toEqual(
    all.map((name) => `${name} verified`),
  )
  await second.stop()
  await simulator.stop()
  const told = await query(urls.superuser, `select subject from platform_event where kind = 'database.restored'`)
  expect(told).toHaveLength(1)
  expect([...(await those(simulator, 'installed'))].sort()).toEqual(all)
}, 300_000)
