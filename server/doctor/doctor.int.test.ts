import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createTestDatabase, query } from '@suture/testing/database.ts'
import { startTestServer } from '@suture/testing/world.ts'
import { describe, expect, onTestFinished, test } from 'vitest'
import { readConfig } from '#platform/config.ts'
import { conditionOf } from '#platform/database/condition.ts'
import { makeSelfSigned } from '#platform/http/self-signed.ts'
import { openTls } from '#platform/http/tls.ts'
import { examine, type Part } from './doctor.ts'
import { clock, disk, openFiles } from './machine.ts'

function emptyHome(): string {
  const home = mkdtempSync(join(tmpdir(), 'suture-doctor-'))
  onTestFinished(() => rmSync(home, { recursive: true }))
  return home
}

/** What the doctor says of some parts, as `state: text`. */
async function told(env: NodeJS.ProcessEnv, only: Part[], more: { readers?: URL[]; url?: string } = {}) {
  const findings = await examine(readConfig(env), { readers: [], only, ...more })
  return findings.map(({ check, state, says }) => `${check} ${state}: ${says}`)
}

test('room on the disk is enough, little or too little', async () => {
  const at = { SUTURE_HOME: join(emptyHome(), 'not', 'yet') }
  expect(await disk(at, { badBytes: 0, warnBytes: 0 })).toMatchObject({ state: 'ok' })
  expect(await disk(at, { badBytes: 0, warnBytes: 2 ** 60 })).toMatchObject({ state: 'warn' })
  expect(await disk(at, { badBytes: 2 ** 60, warnBytes: 2 ** 60 })).toMatchObject({ state: 'bad' })
})

test('few open files are warned of, and what cannot be known is not told', () => {
  expect(openFiles('Max open files            1024                 4096                 files')).toMatchObject([
    { state: 'warn', says: expect.stringContaining('LimitNOFILE=') },
  ])
  expect(openFiles('Max open files            20000                20000                files')).toMatchObject([
    { state: 'ok' },
  ])
  expect(openFiles('')).toEqual([])
})

test('a clock that cannot be right is bad, and one that differs from the database’s is told', () => {
  const now = new Date('2026-11-27T12:00:00Z')
  const right = { heartbeat: undefined, databaseAheadMs: undefined }
  expect(clock(now, right).state).toBe('ok')
  expect(clock(new Date('1970-01-02'), right)).toMatchObject({ state: 'bad' })
  expect(clock(now, { ...right, heartbeat: new Date('2026-11-27T12:05:00Z') })).toMatchObject({ state: 'bad' })
  expect(clock(now, { ...right, databaseAheadMs: 5_000 })).toMatchObject({ state: 'warn' })
  expect(clock(now, { ...right, databaseAheadMs: -90_000 })).toMatchObject({
    state: 'bad',
    says: expect.stringContaining('90.0 s behind'),
  })
})

test('a database is asked what it is, and a role of ours with too much power is seen', async () => {
  const database = await createTestDatabase()
  onTestFinished(() => database.drop())
  const found = await conditionOf(database.urls.owner)
  expect(found).toMatchObject({ isRecent: true, mighty: 0, unforced: 0, isPrivate: true })
  expect(Math.abs(found.aheadMs)).toBeLessThan(2_000)
  await query(
    database.urls.superuser,
    'create table public.loose (id int); alter table public.loose enable row level security',
  )
  expect(await conditionOf(database.urls.superuser)).toMatchObject({ unforced: 1 })
})

test('what belongs to the signer alone and is open to others is named, with the command that closes it', async () => {
  const home = emptyHome()
  expect(await told({ SUTURE_HOME: home }, ['signer'])).toEqual([expect.stringContaining('signer warn')])
  mkdirSync(join(home, 'signer'), { mode: 0o700 })
  const sealed = join(home, 'signer', 'sealed.json')
  writeFileSync(sealed, '{}', { mode: 0o600 })
  const closed = await told({ SUTURE_HOME: home }, ['signer'])
  expect(closed.at(-1)).toMatch(/^signer’s home ok/)
  expect(closed[0]).toMatch(/^signer bad: the signer’s keys are sealed, and their passphrase is missing/)
  chmodSync(sealed, 0o644)
  expect((await told({ SUTURE_HOME: home }, ['signer'])).at(-1)).toContain(
    `bad: other users can read ${sealed}. Run chmod go= ${sealed}`,
  )
})

describe('the address and its certificate', () => {
  const now = new Date()
  const day = 86_400_000

  function own(names: string[], days: number) {
    const home = emptyHome()
    const pair = makeSelfSigned({
      names,
      from: new Date(now.getTime() - 40 * day),
      until: new Date(now.getTime() + days * day),
    })
    const [cert, key] = [join(home, 'c.pem'), join(home, 'k.pem')]
    writeFileSync(cert, pair.cert)
    writeFileSync(key, pair.key, { mode: 0o600 })
    return {
      SUTURE_HOME: home,
      SUTURE_TLS_CERT: cert,
      SUTURE_TLS_KEY: key,
      SUTURE_PUBLIC_URL: 'https://suture.example',
    }
  }

  test.each([
    ['good for long', ['suture.example'], 90, [/^certificate ok/]],
    ['near its end', ['suture.example'], 10, [/^certificate warn: good until .* Renew it/]],
    ['expired', ['suture.example'], -1, [/^certificate bad: the certificate expired at/]],
    [
      'for another name',
      ['other.example'],
      90,
      [/^certificate ok/, /^certificate bad: it is for DNS:other.example, and not for suture.example/],
    ],
  ])('%s', async (_how, names, days, lines) => {
    const [address, ...rest] = await told(own(names, days), ['address'])
    expect(address).toBe('address ok: https://127.0.0.1:8470, by TLS 1.2 or 1.3 alone')
    expect(rest).toEqual(lines.map((line) => expect.stringMatching(line)))
  })

  test('a key that others read is bad, and one that its group reads is told', async () => {
    const env = own(['suture.example'], 90)
    chmodSync(env.SUTURE_TLS_KEY, 0o640)
    expect((await told(env, ['address'])).at(-1)).toMatch(/^certificate warn: the group/)
    chmodSync(env.SUTURE_TLS_KEY, 0o644)
    expect((await told(env, ['address'])).at(-1)).toMatch(/^certificate bad: Other users can read or change/)
  })

  test('plain HTTP on loopback is as it should be, and a self-signed certificate is for trial', async () => {
    const home = emptyHome()
    expect(await told({ SUTURE_HOME: home }, ['address'])).toEqual([
      'address ok: http://127.0.0.1:8470, for this machine alone',
    ])
    const env = { SUTURE_HOME: home, SUTURE_TLS: 'self-signed' }
    expect((await told(env, ['address'])).at(-1)).toMatch(/^certificate warn: .*will be made/)
    openTls({ SUTURE_HOME: home, SUTURE_TLS: 'self-signed' }, now)
    expect((await told(env, ['address'])).at(-1)).toMatch(
      /^certificate warn: self-signed, for trial: SHA-256 [0-9A-F:]{95}/,
    )
  })

  test('the server that runs is known by its certificate, and another one in its place is bad', async () => {
    const env = { SUTURE_HOME: emptyHome(), SUTURE_TLS: 'self-signed' as const }
    const tls = openTls(env, now)
    if (!tls) throw new Error('no TLS')
    const server = await startTestServer({ origin: new URL('https://localhost'), tls })
    onTestFinished(() => server.stop())
    const listen = { ...env, SUTURE_LISTEN: new URL(server.base).host }
    expect(await told(listen, ['server'])).toEqual([`server ok: ${server.base} answers: database ok`])
    const other = { ...listen, SUTURE_HOME: emptyHome() }
    openTls({ ...other }, now)
    expect(await told(other, ['server'])).toEqual([expect.stringMatching(/^server bad: .*Start it again/)])
  })
})

test('a server that was named is asked in place of this machine’s own', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.stop())
  const env = { SUTURE_HOME: emptyHome(), SUTURE_LISTEN: '127.0.0.1:9' }
  expect(await told(env, ['server'])).toEqual(['server warn: no server answers at http://127.0.0.1:9'])
  expect(await told(env, ['server'], { url: server.base })).toEqual([`server ok: ${server.base} answers: database ok`])
})

test('the sandbox is tried with each reader, and one that does not start is bad', async () => {
  const env = { SUTURE_HOME: emptyHome() }
  const reader = (path: string) => new URL(path, import.meta.url)
  const works = [reader('../intelligence/read-knowledge.ts')]
  expect(await told(env, ['sandbox'], { readers: works })).toEqual([
    expect.stringMatching(/^sandbox ok: the 1 readers/),
  ])
  const lost = [...works, reader('../platform/sandbox/fence.ts')]
  expect(await told(env, ['sandbox'], { readers: lost })).toEqual([
    expect.stringMatching(/^sandbox bad: .*does not start/),
  ])
})
