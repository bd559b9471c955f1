import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { expect, onTestFinished, test } from 'vitest'
import { createLog } from './log.ts'
import { supervise } from './supervise.ts'

/** A supervised child that runs this program, and what was logged about it. */
function supervised(program: string | undefined) {
  const folder = mkdtempSync(join(tmpdir(), 'suture-child-'))
  const path = join(folder, 'child.mjs')
  if (program !== undefined) writeFileSync(path, program)
  const logged: Record<string, unknown>[] = []
  const log = createLog('info', { write: (line) => void logged.push(JSON.parse(line) as Record<string, unknown>) })
  const child = supervise({ name: 'child', entry: pathToFileURL(path), env: { FOLDER: folder }, log })
  onTestFinished(async () => {
    await child.stop()
    rmSync(folder, { recursive: true })
  })
  return { ...child, folder, logged }
}

test('a child is ok while it says that it is ready, and down while it says that it waits', async () => {
  const { state, folder } = supervised(`
    import { existsSync } from 'node:fs'
    let said = ''
    setInterval(() => {
      const kind = existsSync(process.env.FOLDER + '/broken') ? 'waiting' : 'ready'
      if (kind !== said) process.send({ kind })
      said = kind
    }, 5)
    process.once('disconnect', () => process.exit())`)
  expect(state()).toBe('down')
  await expect.poll(state).toBe('ok')
  appendFileSync(join(folder, 'broken'), '')
  await expect.poll(state).toBe('down')
  rmSync(join(folder, 'broken'))
  await expect.poll(state).toBe('ok')
})

test('a child that ends at once is started again, after a wait that grows', async () => {
  const { state, folder, logged } = supervised(`
    import { appendFileSync } from 'node:fs'
    appendFileSync(process.env.FOLDER + '/starts', '.')
    process.exit(7)`)
  const starts = () => (existsSync(join(folder, 'starts')) ? readFileSync(join(folder, 'starts'), 'utf8').length : 0)
  await expect.poll(starts).toBeGreaterThan(1)
  await expect.poll(() => logged.length).toBeGreaterThan(1)
  expect(logged.slice(0, 2)).toMatchObject([
    { exitStatus: 7, restartInMs: 500 },
    { exitStatus: 7, restartInMs: 1000 },
  ])
  expect(state()).toBe('down')
})

test('a child whose program does not exist is tried again', async () => {
  const { state, logged } = supervised(undefined)
  await expect.poll(() => logged.length).toBeGreaterThan(1)
  expect(logged[0]).toMatchObject({ exitStatus: 1 })
  expect(state()).toBe('down')
})

test('a child that cannot be started at all is tried again, and starts once it can be', async () => {
  const node = process.execPath
  onTestFinished(() => {
    process.execPath = node
  })
  process.execPath = join(tmpdir(), 'no-such-node')
  const { state, logged } = supervised(
    `process.send({ kind: 'ready' }); process.once('disconnect', () => process.exit())`,
  )
  await expect.poll(() => logged.length).toBeGreaterThan(0)
  expect(logged[0]).toMatchObject({ err: { reason: 'ENOENT' }, restartInMs: 500 })
  process.execPath = node
  await expect.poll(state).toBe('ok')
})

test('a child whose keeper was killed just before it speaks ends in order all the same', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-child-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const [child, keeper, ended] = ['child.mjs', 'keeper.mjs', 'ended'].map((name) => join(folder, name)) as [
    string,
    string,
    string,
  ]
  // It sees nothing of the end of its keeper before it speaks, because it never lets the loop turn.
  writeFileSync(
    child,
    `import { appendFileSync, existsSync, readFileSync } from 'node:fs'
    import { tellKeeper } from ${JSON.stringify(new URL('./keeper.ts', import.meta.url).href)}
    process.on('exit', (status) => appendFileSync(${JSON.stringify(ended)}, String(status)))
    process.once('disconnect', () => process.exit(0))
    process.kill(process.ppid, 'SIGKILL')
    while (process.ppid === Number(process.argv[2])) ;
    tellKeeper({ kind: 'ready' })`,
  )
  writeFileSync(keeper, `import { fork } from 'node:child_process'; fork(${JSON.stringify(child)}, [process.pid])`)
  spawn(process.execPath, [keeper], { stdio: 'ignore' })
  await expect.poll(() => existsSync(ended) && readFileSync(ended, 'utf8')).toBeTruthy()
  expect(readFileSync(ended, 'utf8')).toBe('0')
})
