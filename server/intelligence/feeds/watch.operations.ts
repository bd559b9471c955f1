import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { sha256 } from '@suture/trust/digest.ts'
import type { Clock } from '#platform/clock.ts'
import { type Store, systemScope, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import type { TenantId } from '#platform/id.ts'
import type { Log } from '#platform/log.ts'
import { arrived, type FeedFolders, feedFolders, look, makeFolders, putAway } from './folder.operations.ts'
import { type Imported, importKnowledge } from './import.operations.ts'
import { wasTold } from './told.queries.ts'

interface Parts {
  /** The folder of Suture, below which the feeds arrive. */
  readonly home: string
  /** A store of the worker role: no other may write knowledge. */
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly tenants: () => Promise<readonly { readonly id: TenantId }[]>
}

/** From the end of one look to the next. */
const everyMs = 1_000

/**
 * Tells every tenant of a document, once each: what follows from it is their affair. Whoever was not told because the
 * process died is told when the same document is found again.
 */
async function tellTenants({ store, clock, tenants }: Parts, digest: string, source: string): Promise<void> {
  for (const { id } of await tenants())
    await withScope(store, systemScope(id, 'feeds'), async (scoped) => {
      if (await wasTold(scoped, digest)) return
      await emit(scoped, clock, { kind: 'knowledge.imported', subject: digest, detail: { source } })
    })
}

function inWords(imported: Exclude<Imported, { kind: 'refused' }>): string {
  if (imported.kind === 'known-already') return 'Known already; nothing changed.'
  const { vulnerabilities, older, products } = imported
  const kept = older === 0 ? '' : `; left out ${older} of which this server knows a newer state`
  return `Stored ${vulnerabilities} vulnerabilities${kept}. What they say of ${products} products is new: bills with them are matched again.`
}

async function takeIn(parts: Parts, folders: FeedFolders, name: string, bytes: Buffer): Promise<void> {
  const imported = await importKnowledge(parts.store, parts.clock, bytes)
  if (imported.kind === 'refused') {
    parts.log.warn({ feed: name, because: imported.because }, 'a feed was refused')
    return putAway(folders, name, 'refused', imported.because)
  }
  await tellTenants(parts, sha256(bytes), imported.source)
  parts.log.info({ feed: name, ...imported }, 'a feed was taken in')
  await putAway(folders, name, 'done', inWords(imported))
}

/** One file as the looks so far found it. */
interface Seen {
  readonly state?: string
  /** Since when it is left alone because it could not be put away, in milliseconds, and for how long. */
  readonly failed?: { readonly at: number; readonly waitMs: number }
}

/** The longest time until a file that could not be put away is tried again. */
const longestWaitMs = 5 * 60_000

/** So many files at one look. */
const atOnce = 100

const isLeftAlone = ({ failed }: Seen = {}): boolean =>
  failed !== undefined && performance.now() < failed.at + failed.waitMs

/** Looks once at everything that has arrived; what cannot be put away keeps nothing else waiting. */
async function lookAround(parts: Parts, folders: FeedFolders, seen: Map<string, Seen>): Promise<void> {
  const names = await arrived(folders)
  for (const name of seen.keys()) if (!names.includes(name)) seen.delete(name)
  for (const name of names.filter((each) => !isLeftAlone(seen.get(each))).slice(0, atOnce))
    await lookAt(parts, folders, name, seen).catch((err) => {
      const waitMs = Math.min(longestWaitMs, 2 * (seen.get(name)?.failed?.waitMs ?? everyMs))
      seen.set(name, { ...seen.get(name), failed: { at: performance.now(), waitMs } })
      parts.log.error({ err, feed: name, againInSeconds: waitMs / 1000 }, 'a feed was not taken in')
    })
}

async function lookAt(parts: Parts, folders: FeedFolders, name: string, seen: Map<string, Seen>): Promise<void> {
  const found = await look(join(folders.incoming, name), seen.get(name)?.state)
  if (found.kind === 'still-growing') seen.set(name, { state: found.state })
  else if (found.kind === 'refused') await putAway(folders, name, 'refused', found.because)
  else await takeIn(parts, folders, name, found.bytes)
}

/** Takes in the documents that arrive below the home, one after another, until it is stopped. */
export async function watchFeeds(parts: Parts): Promise<{ stop(): Promise<void> }> {
  const folders = feedFolders(parts.home)
  await makeFolders(folders)
  const stopping = new AbortController()
  const seen = new Map<string, Seen>()
  const watching = (async () => {
    while (!stopping.signal.aborted) {
      await lookAround(parts, folders, seen).catch((err) => parts.log.error({ err }, 'the feeds were not looked at'))
      await after(everyMs, undefined, { signal: stopping.signal }).catch(() => undefined)
    }
  })()
  return {
    stop: () => {
      stopping.abort()
      return watching
    },
  }
}
