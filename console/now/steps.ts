/** What the database says of how far somebody has come. */
export interface Known {
  readonly devices: number
  /** Devices that registered themselves and that nobody has admitted. */
  readonly strangers: number
  /** Whether any document of facts about vulnerabilities is in force. */
  readonly hasFacts: boolean
  /** Open findings that are decided, so that they explain themselves. */
  readonly explained: number
  /** Whether there is a release, in any state. */
  readonly hasRelease: boolean
}

export const stepNames = ['device', 'facts', 'finding', 'release'] as const
export type StepName = (typeof stepNames)[number]

/** The first steps, and which of them are done: by what is there, never by what somebody pressed. */
export const stepsOf = ({ devices, strangers, hasFacts, explained, hasRelease }: Known) => {
  const done: Readonly<Record<StepName, boolean>> = {
    device: devices + strangers > 0,
    facts: hasFacts,
    // A fleet whose findings are all closed has had one.
    finding: explained > 0 || hasRelease,
    release: hasRelease,
  }
  return stepNames.map((name) => ({ name, isDone: done[name] }))
}
