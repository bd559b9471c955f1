import { listFindings } from '@suture/contract/risk.ts'
import { splitKnowledge } from './knowledge.ts'
import type { Stage } from './stage.ts'
import { star } from './world.ts'

interface Decision {
  readonly table: string
  readonly row: number
  readonly outcome: string
  readonly dueAt: string | null
}

/** What the news come to: the devices that are affected, and a decision about them. */
export type Known = Awaited<ReturnType<typeof learn>>

/** The news arrives, and what follows from it is found. */
export async function learn({ folder, screen, cast }: Stage) {
  const { operator, admin } = cast
  await admin.does(['feed', 'import', splitKnowledge(folder, star.vulnerability).news])
  const affected = await until(() =>
    operator.reads<readonly { device: { id: string } }[]>(['finding', 'list', '--vulnerability', star.vulnerability]),
  )
  const device = affected[0]?.device.id ?? ''
  const [why] = await until(async () => {
    const ran = await operator.tries(['finding', 'explain', device, star.vulnerability, '-o', 'json'])
    return ran.status === 0 ? [JSON.parse(ran.out) as Decision] : []
  })
  const countsOf = async (query: { vulnerability?: string }) =>
    (await operator.calls(listFindings, { query: { limit: 1, ...query } })).counts
  const [onStar, all, vulnerabilities] = await Promise.all([
    countsOf({ vulnerability: star.vulnerability }),
    countsOf({}),
    operator.reads<readonly unknown[]>(['vuln', 'list']),
  ])
  screen.say(
    `It is on ${onStar.devices} devices. ${why?.table}, row ${why?.row}: ${why?.outcome}, due ${why?.dueAt ?? 'never'}.`,
  )
  return { affected: onStar.devices, findings: all.findings, vulnerabilities: vulnerabilities.length, decision: why }
}

/** Matching follows an import within a moment; what never follows is a failure of the story. */
async function until<T>(ask: () => Promise<readonly T[]>): Promise<readonly T[]> {
  const deadline = Date.now() + 20_000
  for (;;) {
    const found = await ask()
    if (found.length > 0) return found
    if (Date.now() > deadline) throw new Error('Nothing followed from the news within twenty seconds')
  }
}
