import type { Files } from './healthy.ts'

/** One thing done to the healthy tree, and the one sentence that must be said of it. */
export interface Sabotage {
  readonly title: string
  readonly adds: Files
  readonly says: string
}

/** A sabotage by one file more, of which the sentence is said. */
export const sabotage = (title: string, file: string, text: string, says: string): Sabotage => ({
  title,
  adds: { [file]: text },
  says: `${file} ${says}`,
})
