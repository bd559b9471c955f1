import { type DeviceExclusion, deviceExclusions } from '@suture/contract/device-actions.ts'
import { cursorIn, saying } from '../shell/address.ts'

export interface ActionSearch {
  /** Only the devices of which this became. */
  readonly outcome?: 'left' | 'done' | DeviceExclusion
  readonly cursor?: string
}

export const actionSearch = ({ outcome, cursor }: Record<string, unknown>): ActionSearch =>
  saying<ActionSearch>({
    outcome: (['left', 'done', ...deviceExclusions] as const).find((each) => each === outcome),
    cursor: cursorIn(cursor),
  })

export const actionsSearch = ({ cursor }: Record<string, unknown>): Pick<ActionSearch, 'cursor'> =>
  saying<Pick<ActionSearch, 'cursor'>>({ cursor: cursorIn(cursor) })
