import { chmod, chown, lstat, mkdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { installedTree } from './binaries.ts'
import type { Cluster } from './cluster.ts'
import { alive, exists, NOBODY, nobodyReads, permits, query, recall, root, Scratch, store, stored } from './harness.ts'

/** Each test’s own. */
const scratch = new Scratch()
beforeEach(() => scratch.open())
afterEach(() => scratch.close())

const mode = async (path: string) => ((await stat(path)).mode & 0o777).toString(8)
const socketsOf = (url: string) => new URL(url).searchParams.get('host') ?? ''

describe('as whom PostgreSQL runs', () => {
  for (const rung of ['plain', 'unshare', 'nobody'] as const) {
    test.skipIf(!permits[rung])(`the rung ${rung} makes a database and keeps its data over a restart`, async () => {
      const first = await scratch.start({ rung })
      await store(first)
      await first.stop()
      await expect.poll(() => alive(first.pid)).toBe(false)
      const second = await scratch.start({ rung })
      expect(second).toMatchObject({ rung, adopted: false })
      expect(await recall(second)).toEqual(stored)
    })
  }

  test.skipIf(!nobodyReads)('an ordinary user needs no rung', async () => {
    await chown(scratch.base, NOBODY.uid, NOBODY.gid)
    const { cluster } = await scratch.launcher({}, NOBODY).told
    expect(cluster.rung).toBe('plain')
    expect((await stat(join(scratch.home, 'postgres', 'data'))).uid).toBe(NOBODY.uid)
    await store(cluster)
  })

  test.skipIf(!permits.unshare)('root may keep its home below a directory closed to everyone else', async () => {
    await chmod(scratch.base, 0o700)
    const cluster = await scratch.start()
    expect(cluster.rung).toBe('unshare')
    await store(cluster)
  })

  test.skipIf(!permits.nobody)('root below another user’s closed directory falls back to nobody', async () => {
    const parent = join(scratch.base, 'alice')
    await mkdir(parent, { mode: 0o700 })
    await chown(parent, 1000, 1000)
    const cluster = await scratch.start({ home: join(parent, 'home') })
    expect(cluster.rung).toBe('nobody')
    await store(cluster)
  })

  test.skipIf(!permits.nobody)('a database made on one rung is not looked for on another', async () => {
    await (await scratch.start({ rung: 'nobody' })).stop()
    await expect(scratch.start({ rung: 'unshare' })).rejects.toThrow(/made on the rung "nobody"/)
    expect((await scratch.start()).rung).toBe('nobody')
  })
})

describe('the programs', () => {
  test('missing library links are made in place', async () => {
    const tree = await scratch.bareTree(join(scratch.base, 'package'))
    await store(await scratch.start({ tree }))
    expect((await lstat(join(tree, 'lib', 'libpq.so.5'))).isSymbolicLink()).toBe(true)
    expect(await exists(join(scratch.home, 'postgres', 'bin'))).toBe(false)
  })

  test.skipIf(!nobodyReads)(
    'programs whose links are missing and cannot be made are copied into the home',
    async () => {
      const tree = await scratch.bareTree(join(scratch.base, 'package'))
      await chown(scratch.base, NOBODY.uid, NOBODY.gid)
      await store((await scratch.launcher({ tree }, NOBODY).told).cluster)
      expect(await exists(join(scratch.home, 'postgres', 'bin'))).toBe(true)
      expect(await exists(join(tree, 'lib', 'libpq.so.5'))).toBe(false)
    },
  )

  test.skipIf(!permits.nobody)('programs that nobody cannot reach are copied to where it can', async () => {
    const closed = join(scratch.base, 'closed')
    await mkdir(closed, { mode: 0o700 })
    const cluster = await scratch.start({ rung: 'nobody', tree: await scratch.bareTree(join(closed, 'package')) })
    expect(await exists(join(socketsOf(cluster.superuser), '..', 'bin'))).toBe(true)
  })

  test('a platform without them is told to set DATABASE_URL', async () => {
    const arch = vi.spyOn(process, 'arch', 'get').mockReturnValue('riscv64')
    await expect(installedTree()).rejects.toThrow(/No embedded PostgreSQL .*riscv64.* Set DATABASE_URL/)
    arch.mockRestore()
    const report = vi.spyOn(process.report, 'getReport').mockReturnValue({ header: {} } as never)
    if (process.platform === 'linux') await expect(installedTree()).rejects.toThrow(/Alpine.* Set DATABASE_URL/)
    report.mockRestore()
  })
})

describe('the home', () => {
  test('a home of ours that is open is closed', async () => {
    await mkdir(scratch.home)
    await chmod(scratch.home, 0o755)
    await scratch.start()
    expect(await mode(scratch.home)).toBe('700')
  })

  test('an open directory that holds other things is refused and left as it is', async () => {
    const other = join(scratch.base, 'other')
    await mkdir(join(other, 'photos'), { recursive: true })
    await chmod(other, 0o755)
    await expect(scratch.start({ home: other })).rejects.toThrow(/chmod 700/)
    expect(await mode(other)).toBe('755')
  })

  test.skipIf(!root)('another user’s directory is refused', async () => {
    await mkdir(scratch.home, { mode: 0o700 })
    await chown(scratch.home, 1000, 1000)
    await expect(scratch.start()).rejects.toThrow(/belongs to user 1000, and Suture runs as user 0/)
  })

  test('it can be moved while stopped', async () => {
    const first = await scratch.start()
    await store(first)
    await first.stop()
    await rename(scratch.home, `${scratch.home}-moved`)
    expect(await recall(await scratch.start({ home: `${scratch.home}-moved` }))).toEqual(stored)
  })

  test('its path may be longer than a socket’s, and hold spaces, commas and quotes', async () => {
    const home = join(scratch.base, `${'long '.repeat(20)}, "home"`)
    const first = await scratch.start({ home })
    const sockets = socketsOf(first.superuser)
    scratch.atEnd(() => rm(sockets, { recursive: true }))
    expect(await mode(sockets)).toBe('700')
    await store(first)
    await first.stop()
    const second = await scratch.start({ home })
    expect(socketsOf(second.superuser)).toBe(sockets)
    expect(await recall(second)).toEqual(stored)
    const short = await scratch.start({ home: join(scratch.base, 'a, "b"') })
    expect(socketsOf(short.superuser)).toMatch(/a, "b"\/postgres$/)
  })
})

describe('a database as the first start makes it', () => {
  const place = new Scratch()
  let shared: Cluster
  beforeAll(async () => {
    await place.open()
    shared = await place.start()
  })
  afterAll(() => place.close())

  test('everything in its home is closed to other users', async () => {
    const state = join(place.home, 'postgres')
    const modes = await Promise.all(
      ['.', '..', 'data', 'secrets.json', 'postgres.log'].map((name) => mode(join(state, name))),
    )
    expect(modes).toEqual(['700', '700', '700', '600', '600'])
    expect(await mode(join(socketsOf(shared.superuser), '.s.PGSQL.5432'))).toBe('700')
  })

  test('each role has its own password, and no other opens it', async () => {
    const { urls, superuser } = shared
    const all = [...Object.values(urls), superuser]
    expect(new Set(all.map((url) => new URL(url).password)).size).toBe(5)
    for (const url of all) {
      await expect(query(url, 'select')).resolves.toBeDefined()
      const wrong = new URL(url)
      wrong.password = `${new URL(all[(all.indexOf(url) + 1) % all.length] ?? '').password}`
      await expect(query(wrong.href, 'select')).rejects.toThrow(/password authentication failed/)
    }
  })

  test('no role of Suture’s can step around row level security or make roles and databases', async () => {
    const { superuser } = shared
    const powers = 'rolsuper or rolbypassrls or rolcreaterole or rolcreatedb or rolreplication'
    const found = await query(
      superuser,
      `select rolname, ${powers} as mighty from pg_roles where rolname ~ '^suture_' order by 1`,
    )
    const weak = ['suture_app', 'suture_owner', 'suture_signer', 'suture_worker']
    expect(found).toEqual(weak.map((rolname) => ({ rolname, mighty: false })))
  })

  test('the owner makes tables, the worker schemas, the app neither, and strangers do not come in', async () => {
    const { urls, superuser } = shared
    await query(urls.owner, 'create table public.t ()')
    await query(urls.worker, 'create schema tasks')
    for (const url of [urls.app, urls.worker, urls.signer]) {
      await expect(query(url, 'create table public.u ()')).rejects.toThrow(/permission denied for schema public/)
    }
    for (const url of [urls.app, urls.signer]) {
      await expect(query(url, 'create schema s')).rejects.toThrow(/permission denied for database/)
    }
    await query(superuser, `create role stranger login password 'x'`)
    const stranger = urls.app.replace(/suture_app:[^@]*/, 'stranger:x')
    await expect(query(stranger, 'select')).rejects.toThrow(/permission denied for database/)
  })

  test('nothing listens on a network, and text sorts by code point in UTF-8', async () => {
    const { superuser } = shared
    const told = await query(
      superuser.replace('/postgres?', '/suture?'),
      `select current_setting('listen_addresses') as listening, pg_encoding_to_char(encoding) as encoding, datlocale as locale
       from pg_database where datname = current_database()`,
    )
    expect(told).toEqual([{ listening: '', encoding: 'UTF8', locale: 'C.UTF-8' }])
    const hba = await readFile(join(place.home, 'postgres', 'data', 'pg_hba.conf'), 'utf8')
    const methods = hba.match(/^(?:local|host).*$/gm)?.map((line) => line.split(/\s+/).at(-1))
    expect(new Set(methods)).toEqual(new Set(['scram-sha-256']))
  })
})

describe('a start', () => {
  test('the environment of whoever starts it decides nothing', async () => {
    const misleading = { TZ: 'Asia/Tokyo', PGPORT: '1', PGDATA: '/nowhere', PGHOST: '/nowhere', PGSSLMODE: 'require' }
    for (const [name, value] of Object.entries(misleading)) vi.stubEnv(name, value)
    scratch.atEnd(() => vi.unstubAllEnvs())
    const cluster = await scratch.start()
    const asked = `select current_setting('TimeZone') as zone, current_setting('port') as port`
    expect(await query(cluster.urls.app, asked)).toEqual([{ zone: 'UTC', port: '5432' }])
  })

  test('lost passwords are reported, not replaced', async () => {
    await (await scratch.start()).stop()
    await rm(join(scratch.home, 'postgres', 'secrets.json'))
    await expect(scratch.start()).rejects.toThrow(/secrets\.json\) are gone\. Restore/)
    await writeFile(join(scratch.home, 'postgres', 'secrets.json'), '{"postgres":')
    await expect(scratch.start()).rejects.toThrow(/secrets\.json is damaged/)
  })
})
