import { execFile } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('`suture build` leaves nothing for the first start to build, and says where it is', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'cli/bin/suture.mjs'), 'build'])
  const [built, console, ...programs] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.trim())
  expect(built).toBe('Built:')
  for (const path of [join(console ?? '', 'index.html'), ...programs])
    expect([path, existsSync(path)]).toEqual([path, true])
  const sandboxed = globSync('server/**/*.ts', { cwd: root })
    .filter((path) =>
      /^\/\*\* (Runs in the sandbox alone|The child process):/.test(readFileSync(join(root, path), 'utf8')),
    )
    .map((path) => `${path.slice('server/'.length)}.mjs`)
  expect(sandboxed.length).toBeGreaterThan(3)
  expect(programs.map((path) => path.replace(/^.*\/dist\/sandbox\/\w+\//, '')).sort()).toEqual(sandboxed.sort())
}, 60_000)
