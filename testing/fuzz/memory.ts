import { writeFileSync } from 'node:fs'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

// Preloaded with `--import` into the server that is fuzzed: says how much memory it holds on to, when it is asked by a
// signal. What was collected does not count, so that a leak of a few hundred bytes a request is seen within a minute.

const file = process.env.SUTURE_FUZZ_MEMORY
if (file !== undefined) {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as () => void
  process.on('SIGUSR2', () => {
    collect()
    const { heapUsed, external, rss } = process.memoryUsage()
    writeFileSync(file, JSON.stringify({ held: heapUsed + external, rss, at: Date.now() }))
  })
}
