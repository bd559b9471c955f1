import { setTimeout as delay } from 'node:timers/promises'
import { readBase, readCancel } from './ddi.ts'
import { attributesOf, type Device, insist, isDone, report, rest } from './device.ts'
import { beginJob, type Job } from './job.ts'

/** The shortest interval between two polls, in seconds; a server that says zero would be flooded. */
const shortestSleep = 0.2

/** What a device remembers between two polls. */
interface Memory {
  job: Job | undefined
  /** The job runs, and nobody has to start another. */
  busy: boolean
  /** How many jobs have ended; tells whether one did while a poll was under way. */
  ended: number
  /** The last status of a poll. */
  status: number
  /** The cancellation that was rejected last. */
  rejected: string | undefined
}

function begin(device: Device, memory: Memory, href: string): void {
  const job = beginJob(device, href, memory.job)
  memory.job = job
  memory.busy = true
  // An error of ours ends the process: nothing handles it.
  void job.done.finally(() => {
    memory.busy = false
    memory.ended++
  })
}

async function cancel(device: Device, memory: Memory, signal: AbortSignal, href: string): Promise<void> {
  const reply = await insist(device, signal, () => device.link.ask('GET', href, signal))
  const found = isDone(reply) ? readCancel(reply.body) : undefined
  if (found === undefined) {
    await device.tell({ event: 'feedback-status', status: reply.status, on: 'cancelAction' })
    return
  }
  const { id, stopId } = found
  const action = { id, actionId: stopId }
  const { job } = memory
  if (job?.actionId === stopId && job.flashing) {
    if (memory.rejected === id) return
    memory.rejected = id
    const details = [memory.busy ? 'it is being installed' : 'it was installed']
    await report(device, signal, 'cancelAction', action, { execution: 'rejected', finished: 'none', details })
    return
  }
  if (job !== undefined && memory.busy && (job.actionId ?? stopId) === stopId) {
    job.cancel.abort()
    await job.done
  }
  await device.tell({ event: 'kept', actionId: stopId, version: device.runs, why: 'it was cancelled' })
  await device.tell({ event: 'cancelled', actionId: stopId })
  await report(device, signal, 'cancelAction', action, { execution: 'closed', finished: 'success', details: [] })
}

async function tellAttributes(device: Device, signal: AbortSignal, href: string): Promise<void> {
  const reply = await device.link.ask('PUT', href, signal, { mode: 'merge', data: attributesOf(device) })
  if (reply !== undefined && reply.status >= 400)
    await device.tell({ event: 'feedback-status', status: reply.status, on: 'configData' })
}

/** Notices that another action is offered beside the one under way, unless the device has told that one's end already. */
async function tellBeside(device: Device, job: Job | undefined, href: string): Promise<void> {
  const other = new URL(href).pathname.split('/').at(-1) ?? ''
  const { actionId, closing } = job ?? {}
  if (actionId !== undefined && closing === undefined && other !== actionId)
    await device.tell({ event: 'offered-beside', actionId, other })
}

async function pollOnce(device: Device, memory: Memory, signal: AbortSignal): Promise<void> {
  const { ended } = memory
  const reply = await device.link.ask('GET', device.base, signal)
  const status = reply?.status ?? 0
  if (status >= 400 && status !== memory.status) await device.tell({ event: 'feedback-status', status, on: 'poll' })
  memory.status = status
  if (reply === undefined || !isDone(reply)) return
  const base = readBase(reply.body)
  if (base.sleepSeconds !== undefined) device.sleepSeconds = Math.max(shortestSleep, base.sleepSeconds)
  if (base.configData !== undefined) await tellAttributes(device, signal, base.configData)
  // A job that ended meanwhile may be what these links speak of.
  if (memory.ended !== ended) return
  if (base.cancelAction !== undefined) await cancel(device, memory, signal, base.cancelAction)
  else if (base.deploymentBase !== undefined && !memory.busy) begin(device, memory, base.deploymentBase)
  else if (base.deploymentBase !== undefined) await tellBeside(device, memory.job, base.deploymentBase)
}

/** Lets a device poll until it is switched off; a job runs beside it, and both stand still while it starts again. */
export async function run(device: Device, wait: number): Promise<void> {
  const memory: Memory = { job: undefined, busy: false, ended: 0, status: 200, rejected: undefined }
  let first = true
  while (!device.dead) {
    await device.up
    const { signal } = device.power
    try {
      if (first) await delay(wait * device.sleepSeconds * 1000, undefined, { signal })
      first = false
      await pollOnce(device, memory, signal)
      await rest(device, signal)
    } catch (cause) {
      if (!signal.aborted) throw cause
    }
  }
  await memory.job?.done
}
