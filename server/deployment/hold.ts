/** A revision, as rows name it. */
interface Key {
  readonly model_id: number
  readonly hardware_revision: string
}

/** One revision's part of one wave, as far as a hold looks at it. */
interface Counted extends Key {
  readonly quarantined: boolean
  readonly held: boolean
  readonly devices: number
  readonly offered: number
  readonly retries_asked: number
  readonly retries_offered: number
}

interface Revision {
  readonly modelId: number
  readonly hardwareRevision: string
}

const isOf =
  ({ modelId, hardwareRevision }: Revision) =>
  ({ model_id, hardware_revision }: Key): boolean =>
    model_id === modelId && hardware_revision === hardwareRevision

/** Whom to hold a revision leaves out; null where it is left out already. */
export function whomToHold(
  strata: readonly Counted[],
  recallable: readonly (Key & { readonly jobs: number })[],
  revision: Revision,
): { readonly waiting: number; readonly recalled: number } | null {
  const own = strata.filter(isOf(revision))
  if (own.some(({ quarantined, held }) => quarantined || held)) return null
  const waiting = own.map((each) => each.devices - each.offered + each.retries_asked - each.retries_offered)
  return {
    waiting: waiting.reduce((sum, each) => sum + each, 0),
    recalled: recallable.filter(isOf(revision)).reduce((sum, { jobs }) => sum + jobs, 0),
  }
}
