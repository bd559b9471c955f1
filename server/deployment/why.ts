import type { RolloutFigure, RolloutReason } from '@suture/contract/reasons.ts'

/** Why something is where it is: a code of the contract, and the figures that were compared. */
export interface Why {
  readonly code: RolloutReason
  readonly figures: Readonly<Partial<Record<RolloutFigure, number | string>>>
}

export const why = (code: RolloutReason, figures: Why['figures'] = {}): Why => ({ code, figures })
