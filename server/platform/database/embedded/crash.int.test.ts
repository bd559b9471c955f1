import { spawn, spawnSync } from 'node:child_process'
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { alive, end, exists, query, recall, Scratch, store, stored } from './harness.ts'

const scratch = new Scratch()
beforeEach(() => scratch.open())
afterEach(() => scratch.close())

const made = new Scratch()
beforeAll(async () => {
  await made.open()
  await (await made.start()).stop()
})
afterAll(() => made.close())
/** A home that has been in use: what these tests are about begins after initdb, which takes longer than most of them. */
const moveIn = () => expect(spawnSync('cp', ['-a', made.home, scratch.home]).status).toBe(0)

const inState = (...names: string[]) => join(scratch.home, 'postgres', ...names)
const drafts = async () => (await readdir(inState()).catch(() => [])).filter((name) => name.startsWith('initialising-'))

describe('when the launcher dies', () => {
  test('the PostgreSQL it left behind is adopted with its data', async () => {
    moveIn()
    const { child, told } = scratch.launcher()
    const { cluster } = await told
    await store(cluster)
    await end(child, () => child.kill('SIGKILL'))
    expect(alive(cluster.pid)).toBe(true)
    const heir = await scratch.start()
    expect(heir).toMatchObject({ adopted: true, pid: cluster.pid, urls: cluster.urls })
    expect(await recall(heir)).toEqual(stored)
    await Promise.all([heir.stop(), heir.stop()])
    await expect.poll(() => alive(cluster.pid)).toBe(false)
  })

  test('Ctrl-C in its terminal does not reach PostgreSQL', async () => {
    moveIn()
    const { child, told } = scratch.launcher()
    const { cluster } = await told
    await end(child, () => process.kill(-(child.pid ?? 0), 'SIGINT'))
    expect(child.signalCode).toBe('SIGINT')
    expect(await query(cluster.superuser, 'select 1 as one')).toEqual([{ one: 1 }])
  })

  test('in the middle of initdb, the next start begins again', async () => {
    const { child } = scratch.launcher()
    await expect.poll(drafts, { interval: 5 }).not.toEqual([])
    await end(child, () => child.kill('SIGKILL'))
    expect(await exists(inState('data'))).toBe(false)
    await store(await scratch.start())
    expect(await drafts()).toEqual([])
  })

  test('between initdb and the roles, the next start makes what is missing', async () => {
    const first = await scratch.start()
    await query(first.superuser, 'drop database suture')
    await query(first.superuser, 'drop role suture_signer')
    await query(first.superuser, `alter role suture_app password 'half-made'`)
    await first.stop()
    const memory = JSON.parse(await readFile(inState('cluster.json'), 'utf8')) as object
    await writeFile(inState('cluster.json'), JSON.stringify({ ...memory, ready: false }))
    const { urls } = await scratch.start()
    for (const url of Object.values(urls)) expect(await query(url, 'select 1 as one')).toEqual([{ one: 1 }])
  })
})

describe('one launcher at a time', () => {
  test('a second one is refused, and told whom to stop', async () => {
    moveIn()
    const { child, told } = scratch.launcher()
    await told
    await expect(scratch.start()).rejects.toThrow(`Another Suture (process ${child.pid}) is using ${scratch.home}`)
  })

  test('of several that start together, one wins and the others lose nothing for it', async () => {
    const racers = [1, 2, 3].map(() => scratch.launcher())
    const told = await Promise.all(racers.map(({ told }) => told))
    expect(told.filter(({ cluster }) => cluster)).toHaveLength(1)
    expect(told.filter(({ error }) => error?.includes('Another Suture'))).toHaveLength(2)
  })

  test('a start that fails gives the home back', async () => {
    moveIn()
    await writeFile(inState('data', 'PG_VERSION'), '15\n')
    await expect(scratch.start()).rejects.toThrow(/did not start.*postgres\.log says why.*incompatible with server/)
    await writeFile(inState('data', 'PG_VERSION'), '18\n')
    await scratch.start()
  })
})

describe('when PostgreSQL dies', () => {
  test('under a launcher that lives, it is started again with what was committed', async () => {
    moveIn()
    const heard: string[] = []
    const cluster = await scratch.start({ durable: true, log: (message) => heard.push(message) })
    await store(cluster)
    process.kill(cluster.pid, 'SIGKILL')
    await expect.poll(() => recall(cluster).catch(() => undefined)).toEqual(stored)
    expect(heard).toContainEqual(expect.stringMatching(`process ${cluster.pid}\\) was gone; it runs again`))
  })

  test('the next start recovers what was committed', async () => {
    moveIn()
    const first = await scratch.start({ durable: true })
    await store(first)
    process.kill(first.pid, 'SIGKILL')
    await first.stop()
    const second = await scratch.start({ durable: true })
    expect(second.adopted).toBe(false)
    expect(await recall(second)).toEqual(stored)
  })

  test('the next start waits for a backend that is still at work', async () => {
    moveIn()
    const first = await scratch.start()
    const busy = `do $$ declare over timestamptz := clock_timestamp() + interval '3 s';
      begin while clock_timestamp() < over loop end loop; end $$`
    const work = query(first.superuser, busy).catch(() => [])
    const working = `select count(*)::int as n from pg_stat_activity where state = 'active' and query ~ '^do'`
    await expect.poll(() => query(first.superuser, working)).toEqual([{ n: 1 }])
    process.kill(first.pid, 'SIGKILL')
    await first.stop()
    const heard: string[] = []
    await scratch.start({ log: (message) => heard.push(message) })
    expect(heard).toEqual([expect.stringMatching(/^waiting for the last processes/)])
    await work
  })

  test('a pid file left behind counts for nothing, whether its process is dead or another program', async () => {
    moveIn()
    const other = spawn('sleep', ['60'])
    scratch.atEnd(() => end(other, () => other.kill()))
    for (const pid of [spawnSync('true').pid, other.pid]) {
      const cluster = await scratch.start()
      const left = (await readFile(inState('data', 'postmaster.pid'), 'utf8')).replace(/^\d+/, String(pid))
      await cluster.stop()
      await writeFile(inState('data', 'postmaster.pid'), left)
      await writeFile(inState('.s.PGSQL.5432.lock'), left)
      const next = await scratch.start()
      expect(next.adopted).toBe(false)
      await next.stop()
    }
    expect(alive(other.pid ?? 0)).toBe(true)
  })
})

test('data that Suture did not make is neither used nor removed', async () => {
  await mkdir(inState('data'), { recursive: true, mode: 0o700 })
  await writeFile(inState('data', 'precious'), '')
  await expect(scratch.start()).rejects.toThrow(/was not made by Suture/)
  expect(await exists(inState('data', 'precious'))).toBe(true)
})
