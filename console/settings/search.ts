import { type DeliveryState, deliveryStates } from '@suture/contract/states.ts'

export const tabs = ['people', 'roles', 'tokens', 'keys', 'profile', 'notices', 'record'] as const
export type Tab = (typeof tabs)[number]

/** The address of a tab of Settings: where its list begins, and for the record and the deliveries, what of it is shown. */
export interface SettingsSearch {
  readonly tab?: Tab
  /** Where the page begins, as the server named it. */
  readonly cursor?: string
  readonly kind?: string
  readonly actor?: string
  readonly webhook?: string
  readonly state?: DeliveryState
}

const textOf = (given: unknown, most: number): string | undefined =>
  typeof given === 'string' && given !== '' && given.length <= most ? given : undefined

/** What of an address Settings understands; the rest is as if it were not there. */
export function settingsSearch(given: Record<string, unknown>): SettingsSearch {
  const tab = tabs.find((each) => each === given.tab)
  const cursor = textOf(given.cursor, 512)
  const [kind, actor] = tab === 'record' ? [textOf(given.kind, 64), textOf(given.actor, 200)] : []
  const [webhook, state] =
    tab === 'notices' ? [textOf(given.webhook, 36), deliveryStates.find((each) => each === given.state)] : []
  return {
    ...(tab ? { tab } : {}),
    ...(cursor ? { cursor } : {}),
    ...(kind ? { kind } : {}),
    ...(actor ? { actor } : {}),
    ...(webhook ? { webhook } : {}),
    ...(state ? { state } : {}),
  }
}
