/** `npm run bombs`: every reader of untrusted bytes is given everything that we know to hurt it, while a device polls. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { readConfig, startServer } from '@suture/server/host.ts'
import { blast, excess } from './blast.ts'
import { bombs } from './corpus.ts'

/** A guard against a loop that stands still, not a measurement: the machine may be busy. */
const mostWaitMs = 5_000

const root = mkdtempSync(join(tmpdir(), 'suture-bombs-'))
const folder = mkdtempSync(join(root, 'here-'))
const home = join(root, 'home')
const server = await startServer(
  readConfig({ SUTURE_HOME: home, SUTURE_LISTEN: '127.0.0.1:0', SUTURE_LOG_LEVEL: 'error' }),
)
/** As a device that nobody knows: it passes the door, the limits, the tenants and the database. */
const poll = async () => {
  const headers = { authorization: 'TargetToken nobody-knows-this-secret' }
  const { status } = await fetch(`${server.url}/main/controller/v1/somebody`, { headers })
  if (status !== 401) throw new Error(`A poll was answered with ${status}`)
}

let [passed, failed] = [0, 0]
const most = { milliseconds: 0, peakBytes: 0, slowestMs: 0 }
try {
  for (const bomb of bombs(true)) {
    const was = await blast(bomb, folder, poll)
    const left = readdirSync(folder).filter((name) => name !== 'artifact')
    const wrong = [...excess(bomb, was, mostWaitMs), ...left.map((name) => `left ${name}`)]
    if (wrong.length === 0) passed++
    else failed++
    for (const each of ['milliseconds', 'peakBytes', 'slowestMs'] as const) most[each] = Math.max(most[each], was[each])
    const cost = `${Math.round(was.milliseconds)} ms, ${Math.round(was.peakBytes / 2 ** 20)} MiB, a poll waited ${Math.round(was.slowestMs)} ms`
    process.stdout.write(
      `${wrong.length === 0 ? 'ok  ' : 'FAIL'} ${bomb.to}: ${bomb.name}: ${was.end}; ${cost}${wrong.map((each) => `; ${each}`).join('')}\n`,
    )
  }
} finally {
  await server.stop()
  rmSync(root, { recursive: true, force: true })
}
process.stdout.write(
  `At most ${Math.round(most.milliseconds)} ms and ${Math.round(most.peakBytes / 2 ** 20)} MiB for one of them; no poll waited longer than ${Math.round(most.slowestMs)} ms.\n`,
)
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
