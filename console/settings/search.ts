export const tabs = ['people', 'roles', 'tokens', 'keys', 'record'] as const
export type Tab = (typeof tabs)[number]

/** The address of a tab of Settings: where its list begins, and for the record, what of it is shown. */
export interface SettingsSearch {
  readonly tab?: Tab
  /** Where the page begins, as the server named it. */
  readonly cursor?: string
  readonly kind?: string
  readonly actor?: string
}

const textOf = (given: unknown, most: number): string | undefined =>
  typeof given === 'string' && given !== '' && given.length <= most ? given : undefined

/** What of an address Settings understands; the rest is as if it were not there. */
export function settingsSearch(given: Record<string, unknown>): SettingsSearch {
  const tab = tabs.find((each) => each === given.tab)
  const cursor = textOf(given.cursor, 512)
  const [kind, actor] = tab === 'record' ? [textOf(given.kind, 64), textOf(given.actor, 200)] : []
  return {
    ...(tab ? { tab } : {}),
    ...(cursor ? { cursor } : {}),
    ...(kind ? { kind } : {}),
    ...(actor ? { actor } : {}),
  }
}
