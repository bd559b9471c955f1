import { execFile, spawnSync } from 'node:child_process'
import { existsSync, globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'

const root = join(import.meta.dirname, '../..')

test('`suture build` leaves nothing for the first start to build, and says where it is', async () => {
  const { stdout } = await promisify(execFile)(process.execPath, [join(root, 'cli/bin/suture.mjs'), 'build'])
  const [built, console, ...rest] = stdout
    .trimEnd()
    .split('\n')
    .map((line) => line.trim())
  expect(built).toBe('Built:')
  const [commandLine, programs] = [rest.at(-1) ?? '', rest.slice(0, -1)]
  expect(commandLine).toMatch(/\/cli\/dist\/\w+\/main\.ts\.mjs$/)
  for (const path of [join(console ?? '', 'index.html'), ...rest])
    expect([path, existsSync(path)]).toEqual([path, true])
  const sandboxed = globSync('server/**/*.ts', { cwd: root })
    .filter((path) =>
      /^\/\*\* (Runs in the sandbox alone|The child process):/.test(readFileSync(join(root, path), 'utf8')),
    )
    .map((path) => `${path.slice('server/'.length)}.mjs`)
  expect(sandboxed.length).toBeGreaterThan(3)
  expect(programs.map((path) => path.replace(/^.*\/dist\/sandbox\/\w+\//, '')).sort()).toEqual(sandboxed.sort())
}, 60_000)

test('what was built is what starts, and the server’s code comes along only for those who want it', () => {
  const hooks = `import { registerHooks } from 'node:module'
    registerHooks({ load: (url, context, next) => (process.stderr.write(url + '\\n'), next(url, context)) })`
  const loadedBy = (...args: readonly string[]) => {
    const node = ['--import', `data:text/javascript,${encodeURIComponent(hooks)}`, join(root, 'cli/bin/suture.mjs')]
    const { stderr } = spawnSync(process.execPath, [...node, ...args], { encoding: 'utf8' })
    const loaded = stderr.split('\n').filter((line) => line.startsWith(pathToFileURL(root).href))
    return loaded.map((url) => url.slice(pathToFileURL(root).href.length + 1))
  }
  const alike = [
    'cli/bin/suture.mjs',
    'cli/built.ts',
    'server/platform/program/program.ts',
    'server/platform/operator-error.ts',
    expect.stringMatching(/^cli\/dist\/\w+\/main\.ts\.mjs$/),
  ]
  expect(loadedBy('--help')).toEqual(alike)
  expect(loadedBy('config')).toEqual(expect.arrayContaining([...alike, 'server/host.ts']))
})
