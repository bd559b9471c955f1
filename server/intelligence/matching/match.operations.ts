import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { judge } from './judge.ts'
import {
  type Candidate,
  type Concerned,
  candidatesOf,
  insertComponents,
  knownUpTo,
  lockMatching,
  newComponents,
  putMatches,
  recogniseComponents,
  staleBills,
} from './match.queries.ts'

/** So much is done in one transaction that it ends well within its five seconds. */
const componentsAtOnce = 5_000
const billsAtOnce = 100

/** Looks at components that nobody has looked at. */
const lookAtComponents = (store: Store, scope: Scope): Promise<boolean> =>
  withScope(store, scope, async (scoped) => {
    await lockMatching(scoped)
    const found = await newComponents(scoped, componentsAtOnce)
    await insertComponents(scoped, found)
    return found.length === componentsAtOnce
  })

const explanationOf = (
  candidate: Candidate,
  { because, source }: ReturnType<typeof judge>,
): Concerned['explanation'] => ({
  component: { supplier: candidate.supplier, name: candidate.name, version: candidate.version },
  product: { vendor: candidate.vendor, name: candidate.product },
  // A candidate was recognised, so it says how.
  identity: candidate.identity ?? 'name',
  because,
  source: source ?? null,
  document: { name: candidate.document, digest: candidate.digest },
})

const concernedAmong = (candidates: readonly Candidate[]): readonly Concerned[] =>
  candidates.flatMap((candidate) => {
    const judgement = judge(candidate.version, candidate.said)
    const { verdict } = judgement
    if (verdict === 'not-affected') return []
    const explanation = explanationOf(candidate, judgement)
    return { component: candidate.id, vulnerability: candidate.vulnerability_id, verdict, explanation }
  })

async function matchSome(scoped: Scoped, clock: Clock, subject: string): Promise<boolean> {
  await lockMatching(scoped)
  const upTo = await knownUpTo(scoped)
  await recogniseComponents(scoped)
  const bills = await staleBills(scoped, billsAtOnce)
  if (bills.length === 0) return false
  const concerned = concernedAmong(await candidatesOf(scoped, bills))
  const changes = await putMatches(scoped, { bills, concerned, upTo, now: clock.now() })
  if (changes.made + changes.changed + changes.ended > 0)
    await emit(scoped, clock, { kind: 'matches.changed', subject, detail: { bills: bills.length, ...changes } })
  return true
}

/**
 * Judges every bill of the tenant that was not judged by everything that is known: new bills, and those with a product
 * of which something new is said. It may run at any time and any number of times, and goes on where it was cut off.
 * @param subject what made it look, for the record
 */
export async function matchBills(store: Store, clock: Clock, scope: Scope, subject: string): Promise<void> {
  while (await lookAtComponents(store, scope));
  while (await withScope(store, scope, (scoped) => matchSome(scoped, clock, subject)));
}
