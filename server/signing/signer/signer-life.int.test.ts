import { fork } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { query } from '@suture/testing/database.ts'
import { type ApprovedPlan, setScene } from '@suture/testing/signer-scene.ts'
import { violations } from '@suture/testing/signing-truth.ts'
import * as scene from '@suture/testing/signing-world.ts'
import { expect, test } from 'vitest'
import { signerHome } from '../signer-home.ts'
import { readJournal } from './journal.ts'

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

test('a signer that is killed again and again signs nothing twice differently, and everything in the end', async () => {
  const { world, running, approvedPlan } = await setScene()
  const ids: string[] = []
  const plans: ApprovedPlan[] = []
  {
    await using _signer = await running()
    for (let n = 0; n < 24; n++) plans.push(await approvedPlan())
  }
  for (let round = 0; round < 8; round++) {
    const signer = await running()
    expect(signer.ready, signer.said()).toBe(true)
    for (const { ask } of plans.splice(0, 3)) ids.push((await ask()).id)
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 12))
    expect(await signer.end('SIGKILL')).toBe('SIGKILL')
  }
  // The last line of the journal may have been cut short by the power.
  writeFileSync(signerHome(world.home).journal, '{"half":', { flag: 'a' })
  await running()
  for (const id of ids) expect(await scene.decided(world, id)).toMatchObject({ state: 'signed' })
  const signed = [...readJournal(signerHome(world.home).journal)].flatMap(({ statement }) =>
    statement === undefined ? [] : [JSON.stringify(statement)],
  )
  const stored = (await scene.storedEnvelopes(world)).map(String)
  expect(violations(world.truth, scene.publicKeys(world), [...stored, ...signed]).wrong).toEqual([])
  expect(new Set(signed)).toEqual(new Set(stored))
})

test('a signer says that it waits while the database does not let it in, and goes on when it does', async () => {
  const { world, running, approvedPlan } = await setScene()
  const signer = await running()
  const told: unknown[] = []
  signer.child.on('message', (message) => told.push(message))
  const { ask } = await approvedPlan()
  const { superuser } = world.database.urls
  const database = new URL(superuser).pathname.slice(1)
  await query(superuser, `revoke connect on database ${database} from public, suture_signer`)
  await query(
    superuser,
    `select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'suture signer' and datname = current_database()`,
  )
  await expect.poll(() => told).toEqual([{ kind: 'waiting' }])
  const { id } = await ask()
  await query(superuser, `grant connect on database ${database} to suture_signer`)
  expect(await scene.decided(world, id, 20_000)).toMatchObject({ state: 'signed' })
  expect(told).toEqual([{ kind: 'waiting' }, { kind: 'ready' }])
  expect(signer.said()).toContain('cannot serve, trying again')
})

test('a second signer says that there is one, and ends', async () => {
  const { running } = await setScene()
  await running()
  const second = await running()
  expect(second.ready).toBe(false)
  expect(await second.ended).toBe(1)
  expect(second.said()).toBe('Another signer already serves this database; only one may run.\n')
})

test('a signer ends with SIGTERM as a success', async () => {
  const { running } = await setScene()
  const signer = await running()
  expect(await signer.end('SIGTERM')).toBe(0)
})

test('a signer ends when the process that started it is killed', async () => {
  const { world } = await setScene()
  const path = fileURLToPath(import.meta.resolve('@suture/testing/signer-parent.ts'))
  const parent = fork(path, [world.home, world.database.urls.signer], { execArgv: [], stdio: 'ignore' })
  const pid = await new Promise<number>((resolve) => parent.once('message', ({ pid }: { pid: number }) => resolve(pid)))
  expect(isAlive(pid)).toBe(true)
  parent.kill('SIGKILL')
  await expect.poll(() => isAlive(pid)).toBe(false)
})

test('a wrong passphrase is one sentence and exit code 1', async () => {
  const { running } = await setScene()
  const signer = await running({ passphrase: 'another passphrase' })
  expect(await signer.ended).toBe(1)
  expect(signer.said()).toBe(
    'The signer’s sealed.json does not open: the passphrase is wrong, or the file was changed.\n',
  )
})

test('a journal with one changed character, or without its end, stops the signer from starting', async () => {
  const { world, running, approvedPlan } = await setScene()
  {
    await using _signer = await running()
    await approvedPlan()
  }
  const { journal } = signerHome(world.home)
  const text = readFileSync(journal, 'utf8')
  for (const [changed, why] of [
    [text.replace('"signed"', '"Signed"'), /^The signer’s journal was changed at line \d+ of .*\n$/],
    [text.slice(0, text.trimEnd().lastIndexOf('\n') + 1), /^The signer’s journal was cut or replaced: .*\n$/],
  ] as const) {
    writeFileSync(journal, changed)
    const signer = await running()
    expect(await signer.ended).toBe(1)
    expect(signer.said()).toMatch(why)
  }
})
