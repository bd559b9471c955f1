import { execFile } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { maxJsonDepth } from '@suture/trust/json-depth.ts'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { z } from 'zod'
import type { Attempt } from './hostile.fixture.ts'
import { launch, prepareSandbox } from './launch.ts'
import { orRefuse } from './refuse.ts'
import { runSandboxed } from './run.ts'
import type { Input, Limits, Work } from './work.ts'

const mebibyte = 1024 * 1024
const hostile: Work<unknown> = { entry: new URL('./hostile.fixture.ts', import.meta.url), reply: z.unknown() }
const ample: Limits = { inputBytes: mebibyte, outputBytes: mebibyte, milliseconds: 30_000, memoryBytes: 256 * mebibyte }

let folder: string
let url: string
let visits = 0
const site = createServer((_request, response) => {
  visits++
  response.end()
})
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'suture-sandbox-'))
  writeFileSync(join(folder, 'secret'), 'a secret')
  await new Promise<void>((done) => site.listen(0, '127.0.0.1', done))
  url = `http://127.0.0.1:${(site.address() as AddressInfo).port}`
})
afterAll(() => {
  site.close()
  rmSync(folder, { recursive: true })
})

const nothing = new Uint8Array()
const attempt = (given: Attempt, limits: Partial<Limits> = {}) =>
  runSandboxed(hostile, { bytes: nothing, given }, { ...ample, ...limits })
const read = (input: Input, limits: Partial<Limits> = {}, work = hostile) =>
  runSandboxed(work, input, { ...ample, ...limits })

/** The processes that this one started and that have not ended (Linux). */
const children = () =>
  readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
  )

describe('what reads untrusted bytes cannot', () => {
  const attempts: [string, () => Attempt][] = [
    ['reach the network', () => ({ act: 'connect', url })],
    ['fetch', () => ({ act: 'fetch', url })],
    ['ask for an address', () => ({ act: 'resolve' })],
    ['write a file', () => ({ act: 'write', path: join(folder, 'written') })],
    ['add to a file', () => ({ act: 'append', path: join(folder, 'secret') })],
    ['make a link', () => ({ act: 'link', path: join(folder, 'link') })],
    ['make a database', () => ({ act: 'sqlite', path: join(folder, 'database') })],
    ['make one another way', () => ({ act: 'sqlite, asked another way', path: join(folder, 'database') })],
    ['read a file that is no code', () => ({ act: 'read', path: join(folder, 'secret') })],
    ['read its own parent’s environment', () => ({ act: 'read', path: `/proc/${process.pid}/environ` })],
    ['start a process', () => ({ act: 'spawn' })],
    ['start a thread', () => ({ act: 'worker' })],
    ['load what reading does not need', () => ({ act: 'load', path: 'node:vm' })],
    ['send a signal to the server', () => ({ act: 'kill', pid: process.pid })],
    ['reach Node’s insides', () => ({ act: 'bind' })],
    ['reach the prototype of every object by its old name', () => ({ act: 'prototype of everything' })],
  ]

  test.each(attempts)('%s', async (_what, given) => {
    expect(await attempt(given())).toMatchObject({ ok: false, refused: 'unreadable' })
    expect(readdirSync(folder)).toEqual(['secret'])
    expect(readFileSync(join(folder, 'secret'), 'utf8')).toBe('a secret')
    expect(visits).toBe(0)
  })

  test.each(attempts)('%s, which anything else on this machine can', async (_what, given) => {
    const script = `import(process.argv[1]).then(({ read }) => read(undefined, JSON.parse(process.argv[2]))).then(() => process.exit())`
    const freely = [...['-e', script], fileURLToPath(hostile.entry), JSON.stringify(given())]
    await promisify(execFile)(process.execPath, freely)
    for (const left of ['written', 'link', 'database']) rmSync(join(folder, left), { force: true })
    writeFileSync(join(folder, 'secret'), 'a secret')
    visits = 0
  })

  test('see the server’s environment', async () => {
    process.env.SUTURE_TEST_SECRET = 'a secret'
    expect(await attempt({ act: 'environment' })).toEqual({ ok: true, value: [] })
  })
})

describe('a reading is ended, and refused, when', () => {
  const small = 128 * mebibyte
  const watched = new RegExp(`more than ${small} bytes`)
  test.each<[string, Attempt['act'], Partial<Limits>, string, RegExp?]>([
    [
      'it takes too much memory outside the heap',
      'grow by buffers',
      { memoryBytes: small },
      'too-much-memory',
      watched,
    ],
    [
      'it takes too much memory on the heap',
      'grow by objects',
      { memoryBytes: 4 * small, milliseconds: 100_000 },
      'too-much-memory',
      /ran out/,
    ],
    [
      'it asks for eight gibibytes',
      'ask for everything at once',
      { memoryBytes: small, milliseconds: 100_000 },
      'too-much-memory',
      /ran out/,
    ],
    ['it never ends', 'loop for ever', { milliseconds: 1_000 }, 'too-slow'],
    ['it waits for ever', 'wait for ever', { milliseconds: 1_000 }, 'too-slow'],
    ['it waits and never turns its loop', 'wait without turning', { milliseconds: 1_000 }, 'too-slow'],
    ['its answer is too large', 'answer too much', {}, 'too-large'],
    ['it never stops talking', 'talk past the limit', {}, 'too-large'],
    ['its answer nests too deep', 'answer too deep', {}, 'unreadable'],
    ['its answer has two parts', 'answer twice', {}, 'unreadable'],
    ['it says nothing', 'say nothing', {}, 'unreadable'],
    ['it answers with nothing', 'nothing at all', {}, 'unreadable'],
    ['it crashes', 'crash', {}, 'unreadable'],
  ])('%s', async (_what, act, limits, refused, detail = /./) => {
    const outcome = await attempt({ act }, limits)
    expect(outcome).toMatchObject({ ok: false, refused, detail: expect.stringMatching(detail) })
    expect(children()).toEqual([])
  })

  test.each([
    ['before it began', 0],
    ['while it reads', 96 * 1024],
  ])('somebody else kills it %s', async (_when, kB) => {
    const outcome = attempt({ act: 'grow a little and wait' })
    const resident = () =>
      Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${children()[0]}/status`, 'utf8'))?.[1] ?? 0)
    await expect.poll(resident, { interval: 1 }).toBeGreaterThan(kB)
    process.kill(Number(children()[0]), 'SIGKILL')
    expect(await outcome).toEqual({ ok: false, refused: 'unreadable', detail: 'The reader was ended (signal SIGKILL)' })
  })

  test('its answer has another form than the reader promised', async () => {
    const strict: Work<string> = { ...hostile, reply: z.string() }
    const given = { act: 'answer another form' } satisfies Attempt
    expect(await read({ bytes: nothing, given }, {}, strict)).toMatchObject({ ok: false, refused: 'unreadable' })
  })

  test('the input is larger than it may be, and then no process is started', async () => {
    const path = join(folder, 'secret')
    for (const input of [{ bytes: new Uint8Array(9) }, { path: `${path}` }]) {
      const outcome = read(input, { inputBytes: 7 })
      expect(await outcome).toMatchObject({ ok: false, refused: 'too-large' })
    }
  })

  test('JSON nests too deep, a million levels as well as one too many', async () => {
    const json = { ...hostile, jsonDepth: maxJsonDepth }
    const nested = (levels: number) => ({ bytes: Buffer.from('['.repeat(levels) + ']'.repeat(levels)) })
    const large = { inputBytes: 4 * mebibyte }
    expect(await read(nested(1_000_000), large, json)).toMatchObject({ ok: false, refused: 'too-deep' })
    expect(await read(nested(maxJsonDepth + 1), large, json)).toMatchObject({ ok: false, refused: 'too-deep' })
    expect(await read(nested(maxJsonDepth), large, json)).toEqual({ ok: true, value: 2 * maxJsonDepth })
  })
})

test('what went wrong is told in short, without anything that moves a terminal', async () => {
  const outcome = await attempt({ act: 'fail' })
  expect(outcome).toMatchObject({
    ok: false,
    refused: 'unreadable',
    detail: expect.stringMatching(/^bad� �\[31mnews�x+$/),
  })
  expect((outcome as { detail: string }).detail).toHaveLength(200)
  // Whoever took the child over does not shorten it by himself; a zero could not even be stored.
  expect(await attempt({ act: 'refuse in its own words' })).toMatchObject({ detail: 'a�b�[31m' })
})

test('bytes arrive whole, from memory and from a file that the reader itself could not open', async () => {
  const path = join(folder, 'secret')
  expect(await read({ path })).toEqual({ ok: true, value: 8 })
  for (const length of [0, 1, 65_537, mebibyte])
    expect(await read({ bytes: new Uint8Array(length) })).toEqual({ ok: true, value: length })
})

test.skipIf(process.platform !== 'linux')(
  'a reader is not in the process group of the server, whose terminal would end it',
  async () => {
    const outcome = attempt({ act: 'wait for ever' }, { milliseconds: 2_000 })
    await expect.poll(() => children().length, { interval: 1 }).toBe(1)
    const [pid] = children()
    // proc_pid_stat(5): the group is the fifth field, and the third after the name.
    const [, , group] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? []
    expect(group).toBe(String(pid))
    await outcome
  },
)

test('a reader that prints does not disturb its answer', async () => {
  expect(await attempt({ act: 'print a lot' })).toEqual({ ok: true, value: 'done' })
})

test('an entry that is not there, or needs what the sandbox has not, is a fault of ours and no refusal', async () => {
  const from = (path: string) => read({ bytes: nothing }, {}, { ...hostile, entry: new URL(path, import.meta.url) })
  await expect(from('./lost.ts')).rejects.toThrow('lost.ts')
  await expect(from('./fence.ts')).rejects.toThrow(/A sandbox did not start.*node:module is not there/s)
})

test('a reading that nobody wants any more is ended, and is no outcome', async () => {
  // So that the one child is the reader, and not what makes its program.
  await prepareSandbox([hostile.entry])
  const gone = new AbortController()
  const reading = runSandboxed(
    hostile,
    { bytes: nothing, given: { act: 'loop for ever' } satisfies Attempt },
    ample,
    gone.signal,
  )
  await expect.poll(() => children().length).toBe(1)
  gone.abort(new Error('nobody wants it'))
  await expect(reading).rejects.toThrow('nobody wants it')
  expect(children()).toEqual([])
  await expect(runSandboxed(hostile, { bytes: nothing }, ample, gone.signal)).rejects.toThrow('nobody wants it')
}, 20_000)

test('two readings run at once, a few wait, and what is beyond is refused at once', async () => {
  let most = 0
  const watch = setInterval(() => {
    most = Math.max(most, children().length)
  }, 5)
  const outcomes = await Promise.allSettled(Array.from({ length: 14 }, () => attempt({ act: 'nothing' })))
  clearInterval(watch)
  expect(most).toBe(2)
  expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(10)
  for (const outcome of outcomes.filter((each) => each.status === 'rejected'))
    expect(outcome.reason).toMatchObject({ code: 'http/too-many-requests' })
})

test.each<[string, Attempt['act'], number, RegExp]>([
  ['turns for ever', 'loop for ever', 250, /^SIGKILL$/],
  // Where memory ends is chance: in the reader, which says so, or inside of V8, which aborts.
  ['grows for ever', 'grow by buffers', 10_000, /too-much-memory|^SIG(ABRT|TRAP)$/],
  ['waits for ever', 'wait for ever', 250, /^$/],
])('what %s ends also when nobody watches any more', async (_what, act, milliseconds, end) => {
  const limits = { ...ample, milliseconds, memoryBytes: 64 * mebibyte }
  const order = {
    entry: hostile.entry.href,
    inputBytes: 0,
    outputBytes: 1024,
    milliseconds,
    jsonDepth: undefined,
    given: { act },
  }
  const child = await launch(order, limits, 'pipe')
  let said = ''
  child.stdio[3]?.on('data', (chunk) => {
    said += String(chunk).replace('\u0006', '')
  })
  const [, signal] = await once(child, 'close')
  expect(signal ?? said).toMatch(end)
})

test('a reason becomes the refusal of the same name', () => {
  expect(orRefuse({ ok: true, value: 7 })).toBe(7)
  expect(() => orRefuse({ ok: false, refused: 'too-deep', detail: 'deep' })).toThrow(
    expect.objectContaining({ code: 'input/too-deep', detail: { detail: 'deep' } }),
  )
})
