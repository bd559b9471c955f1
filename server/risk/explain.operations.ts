import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { Refusal } from '#platform/refusal.ts'
import { latest } from './decisions/clock.ts'
import { type Decision, decide, type Inputs } from './decisions/decide.ts'
import { decidedBy, type Point, pointNames, points } from './decisions/table.ts'
import { findDecision } from './finding.queries.ts'

const factOf = (point: Point, { facts }: Inputs, { values }: Decision) => {
  const fact = facts[point]
  return {
    value: fact?.value ?? null,
    counted: values[point],
    source: fact?.source ?? null,
    at: fact?.at ?? null,
    knownAt: fact?.knownAt === undefined ? null : new Date(fact.knownAt),
  }
}

/** What would follow if one fact were the other way, for each of them. */
const otherwiseOf = ({ values }: Decision) =>
  pointNames.map((fact) => {
    const value = points[fact].find((each) => each !== values[fact]) ?? values[fact]
    return { fact, value, outcome: decidedBy({ ...values, [fact]: value }).outcome.key }
  })

const beforeOf = ({ previous }: Inputs, { outcome }: Decision) =>
  previous && previous.outcome !== outcome.key
    ? { outcome: previous.outcome, dueAt: previous.due === null ? null : new Date(previous.due) }
    : null

/**
 * Says what was decided about a vulnerability on a device, by deciding again from what was stored with the decision.
 * @throws Refusal `risk/decision-unknown`
 */
export const explainDecision = (store: Store, scope: Scope, device: string, vulnerability: string) =>
  withScope(store, scope, async (scoped) => {
    const found = await findDecision(scoped, device, vulnerability)
    if (!found) throw new Refusal('risk/decision-unknown')
    const { inputs, policy, clock_start, decided_at, created_at } = found.decided
    const decision = decide(inputs)
    const fact = (point: Point) => factOf(point, inputs, decision)
    return {
      device: found.device,
      vulnerability: found.vulnerability,
      verdict: found.verdict,
      table: decision.table,
      row: decision.row,
      outcome: decision.outcome.key,
      days: decision.outcome.days,
      facts: {
        publiclyExposed: fact('publiclyExposed'),
        inKev: fact('inKev'),
        automatable: fact('automatable'),
        technicalImpact: fact('technicalImpact'),
      },
      insufficient: [...decision.insufficient],
      policy,
      // A device that was found later has its days from then.
      clockStart: latest(clock_start, created_at),
      dueAt: found.dueAt,
      decidedAt: decided_at,
      before: beforeOf(inputs, decision),
      otherwise: otherwiseOf(decision),
    }
  })
