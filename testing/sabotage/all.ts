import { fuzzSwitches } from '../fuzz/switches.ts'
import { codeSwitches } from './code-switches.ts'
import { crashSwitches } from './crash-switches.ts'
import type { Fault } from './fault.ts'
import { importSwitches } from './import-switches.ts'
import { interopSwitches } from './interop-switches.ts'
import { noticeSwitches } from './notice-switches.ts'
import { switches } from './switches.ts'
import { webhookSwitches } from './webhook-switches.ts'

/** Every fault that can be put into the product, whichever suite is to notice it. */
export const all: readonly Fault[] = [
  ...switches,
  ...codeSwitches,
  ...interopSwitches,
  ...fuzzSwitches,
  ...crashSwitches,
  ...importSwitches,
  ...webhookSwitches,
  ...noticeSwitches,
]

/** @throws Error when there is no fault of that name */
export function chosen(name: string | undefined): Fault {
  const found = all.find((each) => each.name === name)
  if (!found) throw new Error(`A sabotage is one of ${all.map((each) => each.name).join(', ')}, not ${name}.`)
  return found
}
