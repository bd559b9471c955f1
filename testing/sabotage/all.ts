import { fuzzSwitches } from '../fuzz/switches.ts'
import { crashSwitches } from './crash-switches.ts'
import { importSwitches } from './import-switches.ts'
import { interopSwitches } from './interop-switches.ts'
import { switches } from './switches.ts'

/** Every fault that can be put into the product, whichever suite is to notice it. */
export const all = [...switches, ...interopSwitches, ...fuzzSwitches, ...crashSwitches, ...importSwitches]
