import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import type { Ran } from '../demo/children.ts'
import type { Observer } from './observer.ts'
import type { Kill } from './plan.ts'
import { almostSigned } from './rollouts.ts'
import type { Stage } from './staging.ts'

/** How long a moment is waited for before the kill falls all the same, in milliseconds. */
const patienceMs = 6000

/** Looks again and again, as closely as it can, until something is so; false when it did not come. */
async function until(isSo: () => Promise<boolean> | boolean): Promise<boolean> {
  for (const deadline = Date.now() + patienceMs; Date.now() < deadline; await after(1)) if (await isSo()) return true
  return false
}

/** Rows that transactions of the kind in question leave: a new one means that COMMIT was a moment ago. */
const counting = {
  claim: 'select count(*)::int as n from deployment_job',
  word: 'select count(*)::int as n from deployment_feedback',
} as const

async function newRow(observer: Observer, what: 'claim' | 'word'): Promise<boolean> {
  const count = async () => (await observer.ask<{ n: number }>(counting[what]))?.[0]?.n ?? 0
  const before = await count()
  return until(async () => (await count()) > before)
}

const tasks = `
  select suture_task.enqueue('intelligence/match', json_build_object('subject', 'crash'), 'crash ' || n, null)
    from generate_series(1, 60) as n`

/** Asks for more tasks than the workers do at once, and waits until they are at it. */
async function taskRuns(observer: Observer): Promise<boolean> {
  await observer.ask(tasks)
  return until(async () => ((await observer.held())?.length ?? 0) > 0)
}

const sizeOf = (path: string): number => statSync(path, { throwIfNoEntry: false })?.size ?? 0

/** The size of what is being written by the blob store. */
function draftBytes(home: string): number {
  const drafts = join(home, 'blobs', 'drafts')
  try {
    return readdirSync(drafts, { recursive: true, encoding: 'utf8' }).reduce(
      (sum, name) => sum + sizeOf(join(drafts, name)),
      0,
    )
  } catch {
    return 0
  }
}

/** What a moment had to start so that it would come; it is waited for after the kill. */
export interface Struck {
  /** Whether the kill fell in the moment, and not only after having waited for it. */
  readonly isHit: boolean
  readonly under: Promise<Ran> | undefined
}

/** Sends the large artifact; who sent it sees by the answer whether it arrived. */
export const upload = ({ cast, large }: Stage): Promise<Ran> =>
  cast.publisher.tries(['artifact', 'upload', large.file, '--signature', `${large.file}.sig`, '-o', 'json'])

/** Waits for the moment of a kill. */
export async function momentOf(stage: Stage, observer: Observer, { moment }: Kill): Promise<Struck> {
  const { home } = stage.keeper
  switch (moment) {
    case 'whenever':
      return { isHit: true, under: undefined }
    case 'claim':
    case 'word':
      return { isHit: await newRow(observer, moment), under: undefined }
    case 'task':
      return { isHit: await taskRuns(observer), under: undefined }
    case 'upload': {
      const under = upload(stage)
      return { isHit: await until(() => draftBytes(home) > 8 * 1024 * 1024), under }
    }
    case 'signature': {
      const approveNow = await almostSigned(stage)
      const journal = join(home, 'signer', 'journal.jsonl')
      const before = sizeOf(journal)
      const under = approveNow()
      return { isHit: await until(() => sizeOf(journal) > before), under }
    }
  }
}
