/** Stores a mebibyte and then waits for more that never comes; says so when the mebibyte is on its way. */
import { openBlobStore } from './store.ts'

async function* neverEnding() {
  yield Buffer.alloc(1024 * 1024, 7)
  process.stdout.write('writing\n')
  await new Promise((done) => setTimeout(done, 2 ** 30))
}

const store = await openBlobStore(process.argv[2] ?? '')
await store.put(neverEnding(), { maxBytes: 1024 ** 3 })
