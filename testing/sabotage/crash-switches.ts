import type { Switch } from './switches.ts'

/** Faults that only show when processes are killed: the crash suite must be red under each. */
export const crashSwitches: readonly Switch[] = []
