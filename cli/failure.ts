/** What the exit status of `suture` means; scripts depend on it. */
export const exitStatus = { fault: 1, usage: 2, refused: 3, notSignedIn: 4, unreachable: 5 } as const

/** Something that a person can put right: a sentence, and the exit status. */
export class Failure extends Error {
  readonly status: number

  constructor(message: string, status: number = exitStatus.usage) {
    super(message)
    this.status = status
  }
}
