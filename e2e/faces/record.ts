import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { parseArgs } from 'node:util'
import { acceptInvitation, completeSetup, createToken, inviteUser } from '@suture/contract/auth.ts'
import { type Connection, call, replyOf, urlOf } from '@suture/contract/client.ts'
import { draftDeviceAction, startDeviceAction, stopDeviceAction } from '@suture/contract/device-actions.ts'
import { createDeviceView } from '@suture/contract/device-views.ts'
import { roleNames } from '@suture/contract/roles.ts'
import { createWebhook, listDeliveries, testWebhook } from '@suture/contract/webhooks.ts'
import { secret } from '@suture/testing/demo/cast.ts'
import { start, stopAll } from '@suture/testing/demo/children.ts'
import { startServer } from '@suture/testing/demo/server.ts'
import { signInAs } from '@suture/testing/landings/look.ts'
import { type Answers, keyOf, writeKept } from './answers.ts'
import { type Ask, askForLists, askForThings } from './asked.ts'

// Keeps what the faces of the pages are made of: what a small demo’s server answers after its story, and what one
// answers that has nothing yet. Afterwards every picture is another one: `npm run faces -- --update`.

const { values } = parseArgs({
  options: {
    /** Where a demo is open that sends webhooks to 127.0.0.0/8 and mail, instead of playing one. */
    demo: { type: 'string' },
  },
})

/** Somebody with every role, so that nothing is withheld. */
async function everything(base: string): Promise<Connection> {
  const admin = await signInAs(base, 'admin@demo.example', secret)
  const login = 'everything@demo.example'
  const { invitation } = await call(admin, inviteUser, { body: { login, name: 'Everything', roles: [...roleNames] } })
  await call({ base, headers: {} }, acceptInvitation, { body: { code: invitation.code, password: secret } })
  return signInAs(base, login, secret)
}

/** What the story of the demo has none of. */
async function addTheRest(to: Connection): Promise<void> {
  await call(to, createToken, {
    body: { name: 'Import of devices', permissions: ['inventory:read', 'inventory:write'] },
  })
  await call(to, createDeviceView, { body: { name: 'alive', q: 'state:live' } })
  const { id, left } = await call(to, draftDeviceAction, { body: { kind: 'retire', q: 'hw:A' } })
  // Stopped before it begins: it is listed, and no device is the worse for it.
  await call(to, startDeviceAction, { params: { id }, body: { expect: left, delaySeconds: 60 } })
  await call(to, stopDeviceAction, { params: { id } })
  const kinds = ['rollout.stopped', 'device']
  // Nobody listens there.
  const { webhook } = await call(to, createWebhook, { body: { name: 'On call', url: 'http://127.0.0.1:9/', kinds } })
  await call(to, testWebhook, { params: { id: webhook.id } })
  const isTried = async () => (await call(to, listDeliveries, { query: {} })).items[0]?.answer
  while (!(await isTried())) await setTimeout(200)
}

function keeper(to: Connection): { readonly answers: Answers; readonly ask: Ask } {
  const answers: Record<string, unknown> = {}
  const ask: Ask = async (endpoint, given) => {
    const url = urlOf(endpoint, to.base, given)
    const { body } = given as { readonly body?: unknown }
    const content = body === undefined ? {} : { body: JSON.stringify(body) }
    const type = body === undefined ? {} : { 'content-type': endpoint.media }
    const headers = { ...to.headers, 'suture-client': '1', ...type }
    const response = await fetch(url, { method: endpoint.method, headers, ...content })
    const told = response.clone()
    const reply = await replyOf(endpoint, response)
    const { next: _, ...kept } = (await told.json()) as { readonly next?: string }
    answers[keyOf(endpoint.method, url)] ??= kept
    return reply
  }
  return { answers, ask }
}

async function openDemo(folder: string): Promise<string> {
  const mail = { SUTURE_SMTP_URL: 'smtp://127.0.0.1:9', SUTURE_MAIL_FROM: 'suture@demo.example' }
  const settings = { TMPDIR: folder, SUTURE_WEBHOOKS_TO: '127.0.0.0/8', ...mail }
  const demo = start('the demo', ['cli/bin/suture.mjs', 'demo', '--devices', '40'], settings)
  return /open at (\S+?);/.exec(await demo.line((line) => line.includes('open at ')))?.[1] ?? ''
}

async function setUp(folder: string): Promise<Connection> {
  const { url, process } = await startServer(folder, undefined, false)
  const code = /\bsuc_[\w-]{20,}/.exec(await process.line((line) => /\bsuc_[\w-]{20,}/.test(line)))?.[0] ?? ''
  const login = 'admin@demo.example'
  await call({ base: url, headers: {} }, completeSetup, { body: { code, password: secret, login, name: 'Admin' } })
  return everything(url)
}

const folder = mkdtempSync(join(tmpdir(), 'suture-faces-'))
try {
  const to = await everything(values.demo ?? (await openDemo(folder)))
  await addTheRest(to)
  const full = keeper(to)
  await askForLists(full.ask)
  const things = await askForThings(full.ask)
  const at = new Date().toISOString()
  const empty = keeper(await setUp(folder))
  await askForLists(empty.ask)
  writeKept({ at, things, full: full.answers, empty: empty.answers })
} finally {
  await stopAll()
  rmSync(folder, { recursive: true, force: true })
}
