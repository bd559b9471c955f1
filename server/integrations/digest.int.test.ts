import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { call } from '@suture/contract/client.ts'
import { getDigest, setDigest } from '@suture/contract/notices.ts'
import { query } from '@suture/testing/database.ts'
import { outcome, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { SMTPServer } from 'smtp-server'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { systemScope, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { sendDigests } from './digest.operations.ts'

let server: TestServer
let without: TestServer
let smtp: SMTPServer
let tenant: TestTenant
/** Whether the mail server takes no mail, or takes it and cannot say so. */
let refusing: false | 'all' | 'late' = false
let late = 0
const clock = { now: () => new Date(Date.now() + late) }
const mails: { to: string[]; text: string }[] = []
const auth = { user: 'suture', pass: 'p@ss word' }
let mailing: Parameters<typeof sendDigests>[0]['mailing']

/** A mail server that others wrote, at this machine. */
async function startMailServer(): Promise<SMTPServer> {
  const started = new SMTPServer({
    disabledCommands: ['STARTTLS'],
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) =>
      username === auth.user && password === auth.pass ? done(null, { user: auth.user }) : done(new Error('no')),
    onData: async (stream, { envelope }, done) => {
      const text = (await stream.toArray()).join('')
      if (refusing !== 'all') mails.push({ to: envelope.rcptTo.map(({ address }) => address), text })
      done(refusing ? new Error('full') : undefined)
    },
  })
  started.listen(0, '127.0.0.1')
  await once(started.server, 'listening')
  return started
}

beforeAll(async () => {
  smtp = await startMailServer()
  const { port } = smtp.server.address() as AddressInfo
  mailing = {
    smtp: new URL(`smtp://${auth.user}:${encodeURIComponent(auth.pass)}@127.0.0.1:${port}`),
    from: 'suture@plant.example',
    console: new URL('https://suture.example'),
  }
  server = await startTestServer({ mailing })
  without = await startTestServer()
  tenant = await server.addTenant('plant')
  await query(server.database.urls.superuser, `update platform_user set login = login || '.example'`)
})
beforeEach(async () => {
  mails.length = 0
  refusing = false
  late = 0
  await query(server.database.urls.superuser, 'delete from integrations_digest')
})
afterAll(async () => {
  await server.stop()
  await without.stop()
  await new Promise<void>((done) => smtp.close(done))
})

const turn = () => sendDigests({ store: server.database.worker, clock, mailing }, systemScope(tenant.id, 'test'))
const choose = (urgent = false, who: keyof TestTenant['people'] = 'operator') =>
  call(tenant.people[who], setDigest, { body: { digest: { hour: 7, urgent } } })

/** So many devices contradict themselves in each of these rollouts. */
const dispute = (devices: number, rollouts = ['pumps']) =>
  withScope(server.database.worker, systemScope(tenant.id, 'deployment'), async (scoped) => {
    for (const rollout of rollouts)
      for (let device = 0; device < devices; device++)
        await emit(scoped, clock, {
          kind: 'job.ended',
          subject: `job-${device}`,
          detail: { rollout, device: `device-${device}`, wave: 1, state: 'disputed', class: 'differs' },
        })
  })
/** Whether a turn ended with a mail that could not be sent. */
const failed = () =>
  turn().then(
    () => false,
    () => true,
  )
/** Waits until all that happened is over: transactions of other tests may hold the record back. */
const settled = () =>
  expect
    .poll(() =>
      query(
        server.database.urls.superuser,
        'select count(*)::int as n from platform_event where xid >= pg_snapshot_xmin(pg_current_snapshot())',
      ),
    )
    .toEqual([{ n: 0 }])
/** The text part of a mail as it was written. */
const read = (mail: { text: string } | undefined) =>
  (mail?.text ?? '')
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))

test('nobody gets mail who did not choose it, and a day without news is a day without mail', async () => {
  await dispute(1)
  late = 26 * 3_600_000
  await turn()
  expect(mails).toEqual([])
  await choose()
  late = 52 * 3_600_000
  await turn()
  expect(mails).toEqual([])
})

test('once a day, in the hour that was chosen, one mail tells each cause once with one link', async () => {
  await choose()
  await dispute(40)
  await turn()
  expect(mails).toEqual([])
  late = 26 * 3_600_000
  await expect.poll(() => turn().then(() => mails.length)).toBe(1)
  expect(mails[0]?.to).toEqual(['operator@plant.example'])
  expect(read(mails[0])).toContain('40 devices of rollout pumps say one version and answer with another.')
  expect(read(mails[0])).toContain('https://suture.example/rollouts/pumps')
  expect(read(mails[0])).toContain('https://suture.example/settings?tab=notices')
  await turn()
  expect(mails.length).toBe(1)
})

test('a mail tells the newest fifty causes, and how many it leaves out', async () => {
  await choose()
  await dispute(
    1,
    Array.from({ length: 53 }, (_, n) => `pumps-${n}`),
  )
  late = 26 * 3_600_000
  await turn()
  expect(read(mails[0]).match(/^1 device of rollout/gm)).toHaveLength(50)
  expect(read(mails[0])).toContain('3 causes more are older and not told here.')
})

test('what cannot wait is told at once to whoever chose so, and to nobody else', async () => {
  await choose(true)
  await choose(false, 'approver')
  await dispute(3)
  await expect.poll(() => turn().then(() => mails.length)).toBe(1)
  expect(mails[0]?.to).toEqual(['operator@plant.example'])
  await turn()
  expect(mails.length).toBe(1)
})

test('whoever comes to want the urgent at once is told what happens from then on, and nothing is left out by a choice', async () => {
  await choose()
  await dispute(3)
  await settled()
  await choose(true)
  await turn()
  expect(mails).toEqual([])
  await dispute(2, ['valves'])
  await settled()
  await choose(true)
  await turn()
  expect(mails.map(read)).toEqual([expect.stringContaining('2 devices of rollout valves')])
  expect(read(mails[0])).not.toContain('pumps')
})

test('two turns at once send one mail', async () => {
  await choose(true)
  await dispute(2)
  await settled()
  await Promise.all([turn(), turn()])
  expect(mails.length).toBe(1)
})

test('a mail that was sent twice, because the mail server could not say that it took it, has one id', async () => {
  await choose(true)
  await dispute(2)
  await settled()
  refusing = 'late'
  expect(await failed()).toBe(true)
  await dispute(1, ['valves'])
  await settled()
  refusing = false
  await turn()
  await dispute(1)
  await settled()
  await turn()
  const [first, again, next] = mails.map(({ text }) => /^Message-ID:\s+(<\S+>)/im.exec(text)?.[1])
  expect(first).toMatch(/@suture\.invalid>$/)
  expect(again).toBe(first)
  expect(next).not.toBe(first)
})

test('the revisions that one rollout quarantined are one line that counts them', async () => {
  await choose(true)
  const why = { code: 'failure-limit', figures: {} } as const
  await withScope(server.database.worker, systemScope(tenant.id, 'deployment'), async (scoped) => {
    for (const wave of [1, 2])
      await emit(scoped, clock, { kind: 'revision.quarantined', subject: 'pumps', detail: { wave, why } })
  })
  await settled()
  await turn()
  expect(read(mails[0])).toContain('2 revisions are quarantined in rollout pumps. The last one: ')
})

test('a mail that the mail server does not take is tried again, and nothing of it is lost', async () => {
  await choose(true)
  await dispute(2)
  refusing = 'all'
  await expect.poll(failed).toBe(true)
  refusing = false
  await turn()
  expect(read(mails[0])).toContain('2 devices of rollout pumps')
})

test('whoever is limited to some sites is told nothing of the record, which is of all', async () => {
  await choose(true)
  const { id } = tenant.people.operator
  await query(server.database.urls.superuser, 'update platform_user set site_ids = array[1] where id = $1', [id])
  await dispute(2)
  late = 26 * 3_600_000
  await turn()
  expect(mails).toEqual([])
  await query(server.database.urls.superuser, 'update platform_user set site_ids = null where id = $1', [id])
})

test('a digest is one’s own, needs a mail server, and ends when its reader says so', async () => {
  const { operator } = tenant.people
  expect(await choose()).toMatchObject({ mail: 'operator@plant.example', digest: { hour: 7, urgent: false } })
  expect(await call(tenant.people.viewer, getDigest, {})).toMatchObject({ digest: null })
  expect(await call(operator, setDigest, { body: { digest: null } })).toMatchObject({ digest: null })
  const { people } = await without.addTenant('plant')
  const given = { body: { digest: { hour: 7, urgent: false } } }
  expect(await outcome(people.viewer, setDigest, given)).toMatchObject({ code: 'integrations/no-mail' })
  expect(await call(people.viewer, getDigest, {})).toEqual({ mail: null, canSend: false, digest: null })
})

test('the password of the mail server is in no log', () => {
  expect(server.logged.join()).not.toContain(encodeURIComponent(auth.pass))
  expect(server.logged.join()).not.toContain(auth.pass)
})
