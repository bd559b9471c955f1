import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { call } from '@suture/contract/client.ts'
import { importDevices } from '@suture/contract/inventory.ts'
import { importedBill } from '@suture/testing/bill-import.ts'
import { createTestDatabase, type TestDatabase } from '@suture/testing/database.ts'
import { end, makeFolders, serve, settingsOn } from '@suture/testing/suture-process.ts'
import { addTenant, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { systemClock } from '#platform/clock.ts'
import { runSandboxed } from '#platform/sandbox/run.ts'
import type { Limits } from '#platform/sandbox/work.ts'
import { cycloneDx, limitsOf } from './sbom.operations.ts'

const mebibyte = 1024 * 1024
/** What a server may be set to: SUTURE_MAX_SBOM_BYTES. */
const mostBytes = 64 * mebibyte
/** So much may a server grow while it takes such a document: itself, and what was read of it. */
const mostGrowth = 150 * mebibyte

/** An SBOM of 50 MiB in a million small pieces, which take far more room once they are read than what is kept of them. */
const large = (() => {
  const properties = Array.from({ length: 800 }, (_, i) => ({ name: `n${i}`, value: `v${i}` }))
  const of = (i: number) => ({ type: 'library', name: `c${i}`, version: '1', properties })
  const components = Array.from({ length: Math.ceil((50 * mebibyte) / JSON.stringify(of(10_000)).length) }, (_, i) =>
    of(i),
  )
  return Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, components }))
})()

const statusOf = (pid: number | string, field: 'VmHWM' | 'VmRSS'): number => {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8')
    return Number(new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1] ?? 0) * 1024
  } catch {
    return 0
  }
}
/** The children that a process has now; threads and the process itself may end while they are asked for. */
const childrenOf = (pid: number): string[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((task) => childrenOfThread(pid, task))
  } catch {
    return []
  }
}
const childrenOfThread = (pid: number, task: string): string[] => {
  try {
    return readFileSync(`/proc/${pid}/task/${task}/children`, 'utf8').split(' ').filter(Boolean)
  } catch {
    return []
  }
}

/** By how much a process grew at most since it was told to forget its peak (proc(5), clear_refs). */
function watch(pid: number) {
  writeFileSync(`/proc/${pid}/clear_refs`, '5')
  const before = statusOf(pid, 'VmRSS')
  let child = 0
  const timer = setInterval(() => {
    for (const each of childrenOf(pid)) child = Math.max(child, statusOf(each, 'VmHWM'))
  }, 5)
  onTestFinished(() => clearInterval(timer))
  return () => {
    clearInterval(timer)
    return { growth: statusOf(pid, 'VmHWM') - before, child }
  }
}

describe.skipIf(process.platform !== 'linux')('an SBOM of 50 MiB, where the setting allows it,', () => {
  let folders: Awaited<ReturnType<typeof makeFolders>>
  let database: TestDatabase
  let server: ChildProcess
  let tenant: TestTenant
  let grown = 0

  beforeAll(async () => {
    folders = await makeFolders()
    database = await createTestDatabase()
    const env = { ...folders.env, ...(await settingsOn(database)), SUTURE_MAX_SBOM_BYTES: String(mostBytes) }
    const { url } = await serve(env, (started) => {
      server = started
    })
    tenant = await addTenant(database, systemClock, url, 'plant')
    const device = {
      manufacturer: 'Maker',
      model: 'Pump',
      type: 'plc',
      hardwareRevision: 'A',
      firmware: '1',
      serial: 'S',
    }
    await call(tenant.people.operator, importDevices, { body: { devices: [device] } })
  })
  afterAll(async () => {
    await end(server, 'SIGTERM')
    await database.drop()
    rmSync(folders.root, { recursive: true })
  })

  test('is read by a child within its bounds, while the server grows by less than 150 MiB', async () => {
    const stop = watch(server.pid ?? 0)
    const firmware = { manufacturer: 'Maker', model: 'Pump', firmware: '1' }
    const { components } = await importedBill(tenant.people.operator, { query: firmware, bytes: large })
    const { growth, child } = stop()
    grown = growth
    expect(components).toBeGreaterThan(1_000)
    expect(growth).toBeLessThan(mostGrowth)
    expect(child).toBeGreaterThan(large.length)
    expect(child).toBeLessThan(limitsOf(mostBytes).memoryBytes)
    expect(childrenOf(server.pid ?? 0)).toEqual([])
  })

  test('would make the server grow by more than that if it were read there', async () => {
    const file = join(folders.root, 'large.json')
    writeFileSync(file, large)
    const script = `const { readFileSync } = await import('node:fs')
      const { read } = await import(process.argv[1])
      const bytes = readFileSync(process.argv[2])
      const kB = (field) => Number(new RegExp(field + ':\\\\s+(\\\\d+)').exec(readFileSync('/proc/self/status', 'utf8'))[1])
      const before = kB('VmRSS')
      read(bytes)
      process.stdout.write(String(kB('VmHWM') - before))`
    const reader = spawn(process.execPath, ['-e', script, fileURLToPath(cycloneDx.entry), file], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    reader.stdout.on('data', (chunk) => (said += String(chunk)))
    await once(reader, 'close')
    expect(grown + Number(said) * 1024).toBeGreaterThan(mostGrowth)
  })

  test.each<[string, Partial<Limits>, object]>([
    ['is refused by its size alone', { inputBytes: 16 * mebibyte }, { refused: 'too-large' }],
    ['ends its reader at the limit of memory', { memoryBytes: 160 * mebibyte }, { refused: 'too-much-memory' }],
    ['ends its reader at the limit of time', { milliseconds: 50 }, { refused: 'too-slow' }],
  ])('%s, when that is lower, and leaves no process behind', async (_what, lower, says) => {
    const limits = { ...limitsOf(mostBytes), ...lower }
    const before = childrenOf(process.pid)
    expect(await runSandboxed(cycloneDx, { bytes: large }, limits)).toMatchObject({ ok: false, ...says })
    expect(childrenOf(process.pid)).toEqual(before)
  })
})
