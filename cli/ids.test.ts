import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { endpoints } from '@suture/contract/index.ts'
import { refusals } from '@suture/contract/refusals.ts'
import { Command } from 'commander'
import { expect, test } from 'vitest'
import { asCommand, lists, makers, wrongId } from './ids.ts'
import { bill } from './verbs/bill.ts'
import { device } from './verbs/device.ts'
import { evidence } from './verbs/evidence.ts'
import { gateway } from './verbs/gateway.ts'
import { lab } from './verbs/lab.ts'
import { model } from './verbs/model.ts'
import { release } from './verbs/release.ts'
import { finding } from './verbs/risk.ts'
import { rollout } from './verbs/rollout.ts'
import { site } from './verbs/site.ts'
import { token } from './verbs/token.ts'
import { user } from './verbs/user.ts'
import { vendorKey } from './verbs/vendor-key.ts'
import { vulnerability } from './verbs/vulnerability.ts'
import { webhook } from './verbs/webhook.ts'

const suture = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'bin/suture.mjs'), ...args], {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, SUTURE_CLI_HOME: '/nonexistent', SUTURE_URL: 'http://127.0.0.1:9' },
  })

test.each([
  [['rollout', 'show', 'nonsense'], 'nonsense is no id of a rollout. `suture rollout list` shows them.\n'],
  [['rollout', 'jobs', 'nonsense'], 'nonsense is no id of a rollout. `suture rollout list` shows them.\n'],
  [['release', 'show', '7'], '7 is no id of a release. `suture release list` shows them.\n'],
  [['lab', 'test', '7'], '7 is no id of a release. `suture release list` shows them.\n'],
  [['evidence', 'pack', 'nonsense'], 'nonsense is no id of a rollout. `suture rollout list` shows them.\n'],
  [['user', 'change', 'ada'], 'ada is no id of a person. `suture user list` shows them.\n'],
])('%j is told what is no id, and how ids are found, before anybody is asked', (args, stderr) => {
  expect(suture(...args)).toMatchObject({ status: 2, stdout: '', stderr })
})

test('every id in a path has a list', () => {
  const without = (Object.values(endpoints) as AnyEndpoint[])
    .filter(({ params }) => 'id' in params.shape)
    .filter((endpoint) => wrongId(endpoint, { params: { id: '', vulnerability: 'CVE-2023-6448' } }) === undefined)
  expect(without.map(({ id }) => id)).toEqual([])
})

test('an id that may be one is left to the server, and so is what is no id', () => {
  const id = '0199a0de-0000-7000-8000-000000000000'
  expect(wrongId(endpoints.getRollout, { params: { id } })).toBeUndefined()
  expect(wrongId(endpoints.createSite, { body: { name: '' } })).toBeUndefined()
})

test('every list and every maker that is named is a command', () => {
  const program = new Command()
  const verbs = [
    rollout,
    release,
    device,
    finding,
    evidence,
    gateway,
    user,
    token,
    vendorKey,
    lab,
    vulnerability,
    site,
    model,
    bill,
    webhook,
  ]
  for (const add of verbs) add(program)
  for (const verb of [...Object.values(lists).map((list) => list.verb), ...Object.values(makers)]) {
    const [words = '', flag] = verb.split(' --')
    const found = words
      .split(' ')
      .reduce<Command | undefined>((within, word) => within?.commands.find((each) => each.name() === word), program)
    expect({
      verb,
      is: found !== undefined && (!flag || found.options.some(({ long }) => long === `--${flag}`)),
    }).toEqual({
      verb,
      is: true,
    })
  }
})

test('where the API’s remedy is a request, the command line’s is a command, if there is one', () => {
  expect(asCommand(refusals['deployment/rollout-unknown'].remedy)).toBe('List the rollouts with `suture rollout list`')
  expect(asCommand(refusals['lab/run-unknown'].remedy)).toBe('List the tests with `suture lab runs`')
  expect(asCommand(refusals['releases/not-passed'].remedy)).toContain('`suture lab test`')
  expect(asCommand(refusals['inventory/model-unknown'].remedy)).toContain('`suture model list`')
  const { remedy } = refusals['deployment/signature-wrong']
  expect(asCommand(remedy)).toBe(remedy)
})
