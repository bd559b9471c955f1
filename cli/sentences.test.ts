import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProblemError } from '@suture/contract/client.ts'
import { refusals } from '@suture/contract/refusals.ts'
import { afterAll, expect, test } from 'vitest'
import { asFailure } from './connection.ts'

const folder = mkdtempSync(join(tmpdir(), 'suture-sentences-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const suture = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'bin/suture.mjs'), ...args], {
    encoding: 'utf8',
    timeout: 30_000,
    env: { ...process.env, SUTURE_CLI_HOME: folder, SUTURE_URL: 'http://127.0.0.1:9' },
  })
const importing = (file: string) => suture('device', 'import', file)

test('a file that does not exist is named in a sentence, as an error of use', () => {
  const file = join(folder, 'nowhere.csv')
  expect(importing(file)).toMatchObject({ status: 2, stderr: `There is no file ${file}.\n` })
})

const senders = [
  ['bill import', ['--manufacturer', 'Maker', '--model', 'Pump', '--firmware', '1']],
  ['bill import', ['--model', 'Pump', '--firmware', '1']],
  ['artifact upload', ['--signature', import.meta.filename]],
] satisfies [string, string[]][]
const unreadable = [
  ['a file that is not there', undefined, () => {}],
  ['a folder', 'is no plain file', mkdirSync],
  ['a device', 'is no plain file', (path: string) => symlinkSync('/dev/null', path)],
  [
    'a link to itself',
    'cannot be read: too many symbolic links encountered',
    (path: string) => symlinkSync(path, path),
  ],
] as const
const isRoot = process.getuid?.() === 0

/** What `suture` says that is to send this file, with no server to send it to. */
const sending = (verb: string, options: string[], path: string) => suture(...verb.split(' '), path, ...options)

const tries = senders.flatMap(([verb, options]) =>
  unreadable.map(([what, why, make]) => ({ verb, options, what, why, make })),
)
test.each(tries)(
  '$verb $options.0 names $what and says why, before it asks any server',
  ({ verb, options, why, make }) => {
    const path = join(mkdtempSync(join(folder, 'sent-')), 'file')
    make(path)
    const said = why === undefined ? `There is no file ${path}.` : `${path} ${why}.`
    expect(sending(verb, options, path)).toMatchObject({ status: 2, stderr: `${said}\n` })
  },
)

test.skipIf(isRoot).each(senders)(
  '%s names a file that it may not read, before it asks any server',
  (verb, options) => {
    const path = join(mkdtempSync(join(folder, 'sent-')), 'file')
    writeFileSync(path, 'secret')
    chmodSync(path, 0)
    expect(sending(verb, options, path)).toMatchObject({
      status: 2,
      stderr: `${path} cannot be read: permission denied.\n`,
    })
  },
)

test.each([
  'http://plant.example',
  'http://127.plant.example',
  'http://127.0.0.1.plant.example',
  'http://localhost.plant.example',
  'ftp://127.0.0.1',
  'nowhere',
])('no password goes to %s', (server) => {
  expect(suture('login', '--server', server, '--login', 'ada')).toMatchObject({
    status: 2,
    stderr: `${server} is no address to send a password to: https, or http on this machine.\n`,
  })
})

const head = 'serial,manufacturer,model,type,hardwareRevision,firmware'
test.each([
  ['semicolons', ';', ''],
  ['tabs', '\t', ''],
  ['semicolons, in quotes', ';', '"'],
])('a file with %s for commas is told so, and how to write it', (what, separator, quote) => {
  const file = join(folder, 'fleet.csv')
  const line = (text: string) =>
    text
      .split(',')
      .map((cell) => `${quote}${cell}${quote}`)
      .join(separator)
  writeFileSync(file, `\ufeff${line(head)}\n${line('A1,Unitronics,Vision,plc,A,1.0')}\n`)
  expect(importing(file)).toMatchObject({
    status: 2,
    stderr: `${file} was not imported:\n  line 1: the fields are separated by ${what.split(',')[0]}; save the file with commas between them, and in double quotes what contains a comma\n`,
  })
})

test('a semicolon inside a field is none between fields', () => {
  const file = join(folder, 'devices.csv')
  writeFileSync(file, `${head},name\nA1,Unitronics,Vision,plc,A,1.0,"serial;model"\n`)
  expect(importing(file).stderr).not.toMatch(/separated/)
})

test('the version is told', () => {
  const { version } = JSON.parse(readFileSync(join(import.meta.dirname, '../package.json'), 'utf8'))
  for (const flag of ['--version', '-V'])
    expect(suture(flag)).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: '' })
  expect(suture('--help').stdout).toContain('--version')
  // A release has a version of its own.
  expect(suture('release', 'create', '--name', 'R', '--version', '2').stderr).toContain(
    "'--target <target>' not specified",
  )
})

test('a figure that the way out points to is told', () => {
  const { says, remedy, status } = refusals['http/too-large']
  const problem = {
    type: '',
    title: says,
    status,
    remedy,
    incident: 'none',
    code: 'http/too-large',
    limitBytes: 16_777_216,
  }
  expect((asFailure(new ProblemError(problem), 'http://127.0.0.1') as Error).message.split('\n')).toEqual([
    'The request body is larger than this endpoint takes. Send less at once; the limit is in `limitBytes`. (http/too-large)',
    '  limitBytes: 16777216',
  ])
})

test('a field that a row lacks is called missing', () => {
  const file = join(folder, 'devices.csv')
  writeFileSync(file, 'serial,manufacturer,model,type,hardwareRevision\nA1,Unitronics,Vision,plc,A\n')
  expect(importing(file).stderr).toBe(`${file} was not imported:\n  line 2, firmware: is missing\n`)
})

test('a refusal that points to its detail is told with it', () => {
  const problem = {
    ...{ type: '/api/v1/refusals#input/unreadable', title: 'Not readable', status: 422, incident: 'none' },
    ...{ remedy: 'Mend what `detail` names', code: 'input/unreadable', detail: 'The JSON ends at byte 52' },
  }
  const told = asFailure(new ProblemError(problem as ProblemError['problem']), 'http://127.0.0.1')
  expect((told as Error).message.split('\n').at(-1)).toBe('  The JSON ends at byte 52')
})
