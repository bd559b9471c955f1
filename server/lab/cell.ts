import { canonicalBytes } from '@suture/trust/canonical.ts'
import type { LabVerdict } from '@suture/trust/statements.ts'

/** What one rig can stand for, as a verdict writes it. */
export type Cell = LabVerdict['uncovered'][number]

/** The facts that make a cell, as the inventory has them. */
export interface CellFacts {
  readonly manufacturer: string
  readonly model: string
  readonly hardwareRevision: string
  readonly bootloader: string | null | undefined
  readonly version: string
}

/**
 * A text as one line of a signed document: what such a line may not hold is replaced, so that a device's odd name
 * shows as odd and cannot keep a verdict from being given.
 */
const asLine = (text: string): string =>
  text
    .replaceAll(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\u{fffd}')
    .normalize('NFC')
    .slice(0, 200)
    .replace(/[\ud800-\udbff]$/, '') || '\u{fffd}'

/** A device as a cell; the model stands behind its manufacturer, since names are only unique there. */
export const cellOf = ({ manufacturer, model, hardwareRevision, bootloader, version }: CellFacts): Cell => ({
  model: asLine(`${manufacturer} ${model}`),
  hardwareRevision: asLine(hardwareRevision),
  ...(bootloader === null || bootloader === undefined ? {} : { bootloader: asLine(bootloader) }),
  currentVersion: asLine(version),
})

/** A cell as one text, the same for the same cell. */
export const textOf = (cell: Cell): string => canonicalBytes({ ...cell } as Record<string, string>).toString()
