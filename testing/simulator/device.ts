import { setTimeout as delay } from 'node:timers/promises'
import { type Feedback, writeFeedback } from './ddi.ts'
import type { DeviceEntry, Fleet } from './fleet.ts'
import { type Door, openDoor } from './identity.ts'
import type { Link, Links, Reply } from './link.ts'
import type { Fact, Identity, Truth } from './truth.ts'

/** A simulated device; its power, not its process, decides what it can do. */
export interface Device {
  readonly fleet: Fleet
  readonly entry: DeviceEntry
  readonly link: Link
  /** Its own place on the server. */
  readonly base: string
  readonly door: Door
  readonly tell: (fact: Fact) => Promise<void>
  /** Aborted whenever it loses power; another one when it has started again. */
  power: AbortController
  /** Resolves when it is up. */
  up: Promise<void>
  /** It will not come back. */
  dead: boolean
  /** The version that it runs. */
  runs: string
  /** The version that it says it runs, in its attributes. */
  claims: string
  sleepSeconds: number
  /** How many it has followed. */
  offers: number
}

/** Until the server says otherwise, in seconds. */
const defaultSleep = 1

const identityOf = ({ entry, runs }: Pick<Device, 'entry' | 'runs'>): Identity => ({
  manufacturer: entry.manufacturer,
  model: entry.model,
  serial: entry.serial,
  hardwareRevision: entry.hardwareRevision,
  bootloader: entry.bootloader,
  firmware: runs,
})

/** What it tells of itself to the server; a liar's version is the one it pretends to run. */
export const attributesOf = (device: Device): Identity => identityOf({ entry: device.entry, runs: device.claims })

const authorizationOf = ({ gatewayToken }: Fleet, { token }: DeviceEntry): string | undefined => {
  if (token !== null) return `TargetToken ${token}`
  return gatewayToken === undefined ? undefined : `GatewayToken ${gatewayToken}`
}

/** Switches a device on: its door is open, and it has not polled yet. */
export async function startDevice(fleet: Fleet, entry: DeviceEntry, links: Links, truth: Truth): Promise<Device> {
  const tell = (fact: Fact) => truth.tell(entry.controllerId, fact)
  // What it tells at the door is what it runs then.
  const state = { entry, runs: entry.firmware }
  const door = await openDoor(fleet.identityHost, entry.identity, async (by) => {
    const identity = identityOf(state)
    await tell({ event: 'observed', by, firmware: identity.firmware })
    return identity
  })
  await tell({
    event: 'started',
    identity: identityOf(state),
    behaviour: entry.behaviour,
    protocol: entry.identity.protocol,
    identityPort: door.port,
  })
  return Object.assign(state, {
    fleet,
    link: links.of(authorizationOf(fleet, entry)),
    base: `${fleet.server}/${fleet.tenant}/controller/v1/${encodeURIComponent(entry.controllerId)}`,
    door,
    tell,
    power: new AbortController(),
    up: Promise.resolve(),
    dead: false,
    claims: entry.firmware,
    sleepSeconds: defaultSleep,
    offers: 0,
  })
}

/** Ends a device for good: it neither polls nor tells who it is. */
export async function switchOff(device: Device): Promise<void> {
  device.dead = true
  device.power.abort()
  await device.door.close()
}

/**
 * Lets a device start again, with what `change` makes of it while nobody can see it.
 * @throws when it is switched off meanwhile
 */
export async function reboot(device: Device, seconds: number, change: () => Promise<void>): Promise<void> {
  const next = new AbortController()
  let started = () => {}
  device.up = new Promise((resolve) => (started = resolve))
  device.power.abort()
  device.power = next
  try {
    await device.door.close()
    await delay(seconds * 1000, undefined, { signal: next.signal })
    await change()
    next.signal.throwIfAborted()
    await device.door.open()
    if (device.dead) await device.door.close()
  } finally {
    started()
  }
}

/** Waits as long as a device does between two polls. */
export const rest = (device: Device, signal: AbortSignal): Promise<void> =>
  delay(device.sleepSeconds * 1000, undefined, { signal })

/** The server's answer, asked for again at each interval until it is there and is not about the server's own troubles. */
export async function insist(
  device: Device,
  signal: AbortSignal,
  ask: () => Promise<Reply | undefined>,
): Promise<Reply> {
  for (;;) {
    const reply = await ask()
    if (reply !== undefined && reply.status < 500 && reply.status !== 429) return reply
    await rest(device, signal)
  }
}

export const isDone = ({ status }: Reply): boolean => status >= 200 && status < 300

/** Tells the server how far an action is; false when it does not want to know. */
export async function report(
  device: Device,
  signal: AbortSignal,
  on: 'deploymentBase' | 'cancelAction',
  action: { readonly id: string; readonly actionId: string },
  feedback: Feedback,
): Promise<boolean> {
  const url = `${device.base}/${on}/${action.id}/feedback`
  const reply = await insist(device, signal, () =>
    device.link.ask('POST', url, signal, writeFeedback(Date.now(), feedback)),
  )
  const { execution, finished, details } = feedback
  const { actionId } = action
  if (isDone(reply)) await device.tell({ event: 'reported', actionId, on, execution, finished, details })
  else await device.tell({ event: 'feedback-status', status: reply.status, on, actionId })
  return isDone(reply)
}
