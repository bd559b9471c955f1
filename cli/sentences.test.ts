import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ProblemError } from '@suture/contract/client.ts'
import { afterAll, expect, test } from 'vitest'
import { asFailure } from './connection.ts'

const folder = mkdtempSync(join(tmpdir(), 'suture-sentences-'))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

const importing = (file: string) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'bin/suture.mjs'), 'device', 'import', file], {
    encoding: 'utf8',
    env: { ...process.env, SUTURE_CLI_HOME: folder },
  })

test('a file that does not exist is named in a sentence, as an error of use', () => {
  const file = join(folder, 'nowhere.csv')
  expect(importing(file)).toMatchObject({ status: 2, stderr: `There is no file ${file}.\n` })
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
