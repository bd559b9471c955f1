import type { Browser } from 'playwright-core'
import type { OpenDemo } from './demo.ts'
import type { Visit } from './pages.ts'

/** What a journey goes through: the demo after its story, an operator who is signed in, and the door for others. */
export interface Stage {
  readonly demo: OpenDemo
  readonly browser: Browser
  readonly operator: Visit
  readonly visit: (who: string, path?: string) => Promise<Visit>
}
