import { execFile } from 'node:child_process'
import { globSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('`suture build` leaves nothing for the first start to build', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'cli/bin/suture.mjs'), 'build'])
  expect(stdout).toBe('Built: the console and the programs of the sandbox.\n')
  const entries = ['sandbox/child', 'read-cyclonedx', 'read-knowledge', 'verify-artifact']
  for (const entry of entries)
    expect(globSync(`server/dist/sandbox/*/**/${entry}.ts.mjs`, { cwd: root })).toHaveLength(1)
  expect(globSync('console/dist/????????????????/index.html', { cwd: root })).toHaveLength(1)
}, 60_000)
