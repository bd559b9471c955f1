import { expect, test } from 'vitest'
import { unexplained } from './crash-log.ts'

const line = (level: string, told: object) => JSON.stringify({ level, time: '2026-01-01T00:00:00.000Z', ...told })

test('what a kill explains is no fault: lost connections, a child that was started again, tasks that were set free', () => {
  const log = [
    'Suture listens at http://127.0.0.1:1; open it in a browser. Its API is described at http://127.0.0.1:1/reference',
    line('info', { msg: 'whatever it is' }),
    line('warn', { err: { message: 'the database system is starting up' }, msg: 'a turn failed' }),
    line('error', { err: { message: 'x', cause: { message: 'connect ECONNREFUSED /a' } }, msg: 'a turn failed' }),
    line('error', { process: 'signer', signal: 'SIGKILL', msg: 'a child process ended by itself' }),
    line('warn', { pools: ['a'], msg: 'freed the tasks of a worker that died' }),
    // As the task queue traces it to the console by itself.
    'Trace: Error: read ECONNRESET',
    '    at TCP.onStreamRead (node:internal/stream_base_commons:216:20) {',
    '  errno: -104,',
    "  code: 'ECONNRESET',",
    "  syscall: 'read'",
    '} at file:///app/node_modules/graphile-worker/dist/main.js:979:21',
    '    at process.processTicksAndRejections (node:internal/process/task_queues:104:5)',
    '',
  ]
  expect(unexplained(log.join('\n'))).toEqual([])
})

test('everything else is one: an error of ours, a warning that nothing explains, and whatever Node says of itself', () => {
  const log = [
    line('error', { err: { message: 'a job that is verified was to verify' }, msg: 'a turn failed' }),
    line('warn', { msg: 'roster rolled back' }),
    'node:internal/process/promises:394',
    'Trace: Error: the worker is confused { code: 5 }',
    '(node:1) MaxListenersExceededWarning: Possible EventEmitter memory leak detected.',
  ]
  expect(unexplained(log.join('\n'))).toEqual(log)
})
