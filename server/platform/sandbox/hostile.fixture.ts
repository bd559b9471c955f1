/** An entry as an attacker would have it: does what the order says, and answers what came of it. */
import { once } from 'node:events'
import { appendFileSync, readFileSync, symlinkSync, writeFileSync, writeSync } from 'node:fs'
import { answerDescriptor } from './protocol.ts'

/** What is tried, and where. */
export interface Attempt {
  readonly act: keyof typeof acts
  readonly path?: string
  readonly url?: string
  readonly pid?: number
}

const load = (name: string) => import(name)
const grown: unknown[] = []

const acts = {
  nothing: () => 'done',
  connect: async ({ url = '' }: Attempt) => {
    const { connect } = await load('node:net')
    const socket = connect(Number(new URL(url).port), '127.0.0.1')
    await once(socket, 'connect')
    socket.destroy()
  },
  fetch: ({ url = '' }: Attempt) => fetch(url).then(({ status }) => status),
  resolve: async () => (await load('node:dns/promises')).lookup('localhost'),
  write: ({ path = '' }: Attempt) => writeFileSync(path, 'taken over'),
  append: ({ path = '' }: Attempt) => appendFileSync(path, 'taken over'),
  link: ({ path = '' }: Attempt) => symlinkSync('/etc/passwd', path),
  sqlite: async ({ path = '' }: Attempt) => {
    const { DatabaseSync } = await load('node:sqlite')
    new DatabaseSync(path).exec('pragma user_version = 7')
  },
  'sqlite, asked another way': ({ path = '' }: Attempt) =>
    new (process.getBuiltinModule('node:sqlite').DatabaseSync)(path).exec('pragma user_version = 7'),
  read: ({ path = '' }: Attempt) => readFileSync(path, 'utf8'),
  spawn: async () => (await load('node:child_process')).execFileSync('/bin/echo', ['hello']).toString(),
  worker: async () => {
    const { Worker } = await load('node:worker_threads')
    await once(new Worker('', { eval: true }), 'exit')
  },
  load: async ({ path = '' }: Attempt) => Object.keys(await load(path)).length,
  kill: ({ pid = 0 }: Attempt) => process.kill(pid, 0),
  bind: () => Object.keys((process as unknown as { binding(name: string): object }).binding('fs')).length,
  environment: () => Object.keys(process.env),
  'prototype of everything': () => {
    const target = {}
    Object.assign(Reflect.get(target, '__proto__') ?? {}, { tainted: true })
    return ({} as { tainted?: boolean }).tainted === true ? 'tainted' : Promise.reject(new Error('no __proto__'))
  },

  'grow by buffers': () => {
    for (;;) grown.push(Buffer.alloc(4 * 1024 * 1024, 1))
  },
  'grow by objects': () => {
    for (;;) grown.push({ grown: grown.length, more: [grown.length] })
  },
  'ask for everything at once': () => Buffer.alloc(8 * 1024 ** 3, 1).length,
  'grow a little and wait': () => {
    grown.push(Buffer.alloc(96 * 1024 * 1024, 1))
    return new Promise((done) => setTimeout(done, 2 ** 30))
  },
  'loop for ever': () => {
    for (;;) grown.length = 0
  },
  'wait for ever': () => new Promise((done) => setTimeout(done, 2 ** 30)),
  'wait without turning': () => Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0),
  'answer too much': () => 'x'.repeat(8 * 1024 * 1024),
  'talk past the limit': () => {
    for (;;) writeSync(answerDescriptor, Buffer.alloc(65_536, 0x20))
  },
  'answer another form': () => ({ unasked: true }),
  'answer too deep': () => {
    writeSync(answerDescriptor, `{"value":${'['.repeat(100_000)}`)
    process.exit()
  },
  'answer twice': () => {
    writeSync(answerDescriptor, '{"value":"forged"}')
    return 'again'
  },
  'refuse in its own words': () => {
    writeSync(answerDescriptor, JSON.stringify({ refused: 'unreadable', detail: 'a\u0000b\u001b[31m' }))
    process.exit()
  },
  'say nothing': () => process.exit(0),
  crash: () => process.abort(),
  'print a lot': () => {
    for (let line = 0; line < 10_000; line++) process.stderr.write(`${'x'.repeat(200)}\n`)
    return 'done'
  },
  fail: () => {
    throw new Error(`bad\u0007 \u001b[31mnews\n${'x'.repeat(1_000)}`)
  },
  'nothing at all': () => undefined,
} as const satisfies Record<string, (attempt: Attempt) => unknown>

/** Answers what the act answers; the length of the input when there is no act. */
export const read = (bytes: Buffer, attempt: Attempt | undefined): unknown =>
  attempt === undefined ? bytes.length : acts[attempt.act](attempt)
