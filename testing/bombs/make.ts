import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads'
import { type Bomb, bombs } from './corpus.ts'

interface Wanted {
  readonly at: number
  readonly path: string | undefined
}

/** The bytes of a bomb, made in a thread of its own: whoever else is at work in this process is not to wait for that. */
export async function make(bomb: Bomb, path?: string): Promise<Uint8Array> {
  const at = bombs(true).findIndex(({ name, to }) => name === bomb.name && to === bomb.to)
  const worker = new Worker(new URL(import.meta.url), { workerData: { at, path } satisfies Wanted })
  const [made] = (await once(worker, 'message')) as [Uint8Array]
  await worker.terminate()
  return made
}

if (!isMainThread && parentPort) {
  const { at, path } = workerData as Wanted
  const bytes = Uint8Array.from(bombs(true)[at]?.bytes() ?? [])
  if (path !== undefined) writeFileSync(path, bytes)
  const made = path === undefined ? bytes : new Uint8Array()
  parentPort.postMessage(made, [made.buffer])
}
