import type { LabVerdict } from '@suture/trust/statements.ts'
import { type Cell, type CellFacts, cellOf, textOf } from './cell.ts'

/** So many devices whose facts are these. */
interface CellCount extends CellFacts {
  readonly devices: number
}

/** A cell that no rig stood for, and how many devices it has. */
type UncoveredCell = Cell & { readonly devices: number }

/**
 * Which of some devices a verdict does not cover: those that are no rig's cell exactly, most devices first. A failed
 * verdict, or none, covers nothing.
 */
export function uncoveredBy(verdict: LabVerdict | undefined, fleet: readonly CellCount[]): UncoveredCell[] {
  const covered = new Set(verdict?.verdict === 'passed' ? verdict.rigs.map(({ cell }) => textOf(cell)) : [])
  const cells = new Map<string, UncoveredCell>()
  for (const { devices, ...facts } of fleet) {
    const cell = cellOf(facts)
    const text = textOf(cell)
    if (!covered.has(text)) cells.set(text, { ...cell, devices: devices + (cells.get(text)?.devices ?? 0) })
  }
  return [...cells]
    .sort(([a, left], [b, right]) => right.devices - left.devices || (a < b ? -1 : 1))
    .map(([, cell]) => cell)
}
