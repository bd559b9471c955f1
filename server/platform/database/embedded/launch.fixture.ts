/** A launcher of its own for the tests: starts a cluster, tells it in one line, and stops it when standard input ends. */
import { type Options, startEmbedded } from './cluster.ts'

const started = performance.now()
const options = JSON.parse(process.argv[2] ?? '') as Options
const told = await startEmbedded(options).then(
  (cluster) => ({ cluster: { ...cluster, ms: performance.now() - started }, stop: cluster.stop }),
  (error: Error) => ({ error: error.message, stop: async () => {} }),
)
process.stdout.write(`${JSON.stringify(told)}\n`)
process.stdin.resume().once('end', () => void told.stop())
