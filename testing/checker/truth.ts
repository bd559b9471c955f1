import { readFileSync } from 'node:fs'

/** What the world really did to one device, told by the simulator. */
export interface Thing {
  readonly controllerId: string
  readonly serial: string
  readonly hardwareRevision: string
  readonly bootloader: string
  readonly behaviour: string
  /** The version that it runs at the end; a dead one runs nothing. */
  runs: string | undefined
  readonly actions: Set<string>
  firstOffer: string | undefined
  /** What the server acknowledged: an end that the device told, or that it will not be called back, by action. */
  readonly ends: { readonly actionId: string; readonly execution: string; readonly finished: string }[]
  /** Every word that the server acknowledged. */
  readonly words: {
    readonly actionId: string
    readonly on: string
    readonly execution: string
    readonly finished: string
    readonly details: readonly string[]
  }[]
  readonly facts: {
    readonly at: string
    readonly event: string
    readonly firmware?: string | undefined
    readonly actionId?: string | undefined
  }[]
}

interface Line {
  readonly at: string
  readonly event: string
  readonly controllerId?: string
  readonly [key: string]: unknown
}

function start({ controllerId = '', identity, behaviour }: Line): Thing {
  const is = identity as Record<string, string>
  return {
    controllerId,
    serial: is.serial ?? '',
    hardwareRevision: is.hardwareRevision ?? '',
    bootloader: is.bootloader ?? '',
    behaviour: String(behaviour),
    runs: is.firmware,
    actions: new Set(),
    firstOffer: undefined,
    ends: [],
    words: [],
    facts: [],
  }
}

function happen(thing: Thing, line: Line): void {
  const { at, event } = line
  thing.facts.push({
    at,
    event,
    firmware: line.firmware as string | undefined,
    actionId: line.actionId as string | undefined,
  })
  if (event === 'installed' || event === 'kept' || event === 'rolled-back') thing.runs = String(line.version)
  if (event === 'bricked') thing.runs = undefined
  if (event === 'offered') {
    thing.actions.add(String(line.actionId))
    thing.firstOffer ??= at
  }
  if (event === 'reported')
    thing.words.push({
      actionId: String(line.actionId),
      on: String(line.on),
      execution: String(line.execution),
      finished: String(line.finished),
      details: line.details as readonly string[],
    })
  if (event === 'reported' && (line.execution === 'closed' || line.execution === 'rejected'))
    thing.ends.push({
      actionId: String(line.actionId),
      execution: String(line.execution),
      finished: String(line.finished),
    })
}

/** Every device of the simulation by its controller id; a file that does not say that it ended is not the whole truth. */
export function readTruth(path: string): ReadonlyMap<string, Thing> {
  const lines = readFileSync(path, 'utf8').trimEnd().split('\n')
  const things = new Map<string, Thing>()
  for (const text of lines) {
    const line = JSON.parse(text) as Line
    if (line.controllerId === undefined) continue
    if (line.event === 'started') things.set(line.controllerId, start(line))
    else {
      const thing = things.get(line.controllerId)
      if (!thing) throw new Error(`${line.controllerId} did something before it started`)
      happen(thing, line)
    }
  }
  if ((JSON.parse(lines.at(-1) ?? '{}') as Line).event !== 'end') throw new Error('The simulation did not end in order')
  return things
}

/** Whether something happened to a device. */
export const did = (thing: Thing, event: string): boolean => thing.facts.some((fact) => fact.event === event)
