import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { Refusal } from '#platform/refusal.ts'
import {
  concernedComponents,
  countComponents,
  findBill,
  isKnownVulnerability,
  someUnrecognised,
} from './explain.queries.ts'
import { judge } from './judge.ts'

/** The most components that are named although nobody recognised them. */
const mostUnrecognised = 50

type Concerned = Awaited<ReturnType<typeof concernedComponents>>[number]

const judged = (row: Concerned) => {
  const { verdict, because, source } = judge(row.version, row.said)
  return {
    component: { supplier: row.supplier, name: row.name, version: row.version },
    product: { vendor: row.vendor, name: row.product },
    identity: row.identity ?? ('name' as const),
    verdict,
    because,
    source: source ?? null,
    document: { name: row.document, digest: row.digest },
  }
}

/**
 * Says why a device or a bill is affected or not, by judging it again with what decides about matches.
 * @throws Refusal `intelligence/vulnerability-unknown`, `intelligence/nothing-to-explain`
 */
export const explainMatch = (
  store: Store,
  scope: Scope,
  vulnerability: string,
  of: { readonly device?: string | undefined; readonly bill?: string | undefined },
) =>
  withScope(store, scope, async (scoped) => {
    if (!(await isKnownVulnerability(scoped, vulnerability))) throw new Refusal('intelligence/vulnerability-unknown')
    const bill = await findBill(scoped, of)
    if (!bill) throw new Refusal('intelligence/nothing-to-explain')
    const components = (await concernedComponents(scoped, bill.id, vulnerability)).map(judged)
    const { recognised, unrecognised } = await countComponents(scoped, bill.id)
    const worst = (['affected', 'unknown'] as const).find((each) => components.some(({ verdict }) => verdict === each))
    return {
      vulnerability,
      bill: bill.digest,
      verdict: worst ?? ('not-affected' as const),
      judged: components,
      others: { recognised: recognised - components.length, unrecognised },
      unrecognised: await someUnrecognised(scoped, bill.id, mostUnrecognised),
    }
  })
