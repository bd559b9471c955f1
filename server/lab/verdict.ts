import { canonicalBytes } from '@suture/trust/canonical.ts'
import { asJson, type LabVerdict } from '@suture/trust/statements.ts'
import { type Cell, textOf } from './cell.ts'

/** What a verdict is made of. */
export interface Tested {
  /** The tenant by UUID. */
  readonly tenant: string
  readonly release: string
  /** The SHA-256 of each artifact that was installed, in hex. */
  readonly artifacts: readonly string[]
  readonly trials: readonly { readonly rig: string; readonly cell: Cell; readonly passed: boolean }[]
  /** The cells of the fleet that the release targets, those with most devices first. */
  readonly fleet: readonly Cell[]
  readonly at: Date
}

/** How many cells a verdict names as uncovered at the most, and how much they may weigh, in bytes. */
const most = { cells: 4096, bytes: 512 * 1024 }

/** The cells that no rig stood for exactly, each once. */
function uncoveredIn(fleet: readonly Cell[], covered: readonly Cell[]): Cell[] {
  const seen = new Set(covered.map(textOf))
  const uncovered: Cell[] = []
  let bytes = 0
  for (const cell of fleet) {
    const text = textOf(cell)
    if (seen.has(text)) continue
    seen.add(text)
    bytes += text.length
    if (uncovered.length === most.cells || bytes > most.bytes) break
    uncovered.push(cell)
  }
  return uncovered
}

/** The verdict over a test of which every trial is over. */
export function verdictOver({ tenant, release, artifacts, trials, fleet, at }: Tested): LabVerdict {
  const passed = trials.length > 0 && trials.every((each) => each.passed)
  return {
    type: 'suture.lab-verdict.v1',
    tenant,
    release,
    artifacts: [...new Set(artifacts)].sort(),
    verdict: passed ? 'passed' : 'failed',
    rigs: trials.map(({ rig, cell }) => ({ rig, cell })),
    uncovered: uncoveredIn(
      fleet,
      trials.map(({ cell }) => cell),
    ),
    at: at.toISOString(),
  }
}

/** The bytes of a verdict that the lab signs. */
export const verdictBytes = (verdict: LabVerdict): Buffer => canonicalBytes(asJson(verdict))
