import { setTimeout as delay } from 'node:timers/promises'
import { type Course, courseOf } from './course.ts'
import { type Artifact, type Deployment, type Feedback, readDeployment } from './ddi.ts'
import { type Device, insist, isDone, reboot, report, rest, switchOff } from './device.ts'
import { download } from './download.ts'
import { fateOf, type ImageHeader } from './image.ts'

/** A device's way through one offer. */
export interface Job {
  /** Undefined until the offer has been read. */
  actionId: string | undefined
  /** From here on the old version is gone, and nobody can call it back. */
  flashing: boolean
  /** What it said at the end, so that it can say it again. */
  closing: Feedback | undefined
  /** The server acknowledged that. */
  isClosed: boolean
  readonly cancel: AbortController
  readonly done: Promise<void>
}

/** What one offer is followed with. */
interface Passage {
  readonly device: Device
  readonly job: Job
  readonly actionId: string
  readonly course: Course
  /** Aborted by a cancellation, or when the device loses power. */
  readonly signal: AbortSignal
}

const say = (execution: Feedback['execution'], ...details: readonly string[]): Feedback => ({
  execution,
  finished: 'none',
  details,
})

const pause = (seconds: number, signal: AbortSignal): Promise<void> =>
  seconds > 0 ? delay(seconds * 1000, undefined, { signal }) : Promise.resolve()

async function speak({ device, actionId }: Passage, signal: AbortSignal, feedback: Feedback): Promise<boolean> {
  return await report(device, signal, 'deploymentBase', { id: actionId, actionId }, feedback)
}

/** Speaks while the offer can still be called off; false when the server says that it is over. */
async function tellProgress(passage: Passage, seconds: number, feedback: Feedback): Promise<boolean> {
  await pause(seconds, passage.signal)
  if (await speak(passage, passage.signal, feedback)) return true
  await keep(passage, `the server did not take "${feedback.execution}"`)
  return false
}

const keep = ({ device, actionId }: Passage, why: string): Promise<void> =>
  device.tell({ event: 'kept', actionId, version: device.runs, why })

async function close(passage: Passage, finished: 'success' | 'failure', ...details: readonly string[]): Promise<void> {
  const { device, job, course } = passage
  const { signal } = device.power
  job.closing = { execution: 'closed', finished, details }
  await pause(course.pauses[3], signal)
  job.isClosed = await speak(passage, signal, job.closing)
}

/** Keeps the old version, and says why. */
async function refuse(passage: Passage, why: string): Promise<void> {
  await keep(passage, why)
  await close(passage, 'failure', why)
}

async function fetchOffer(device: Device, signal: AbortSignal, href: string): Promise<Deployment | undefined> {
  const reply = await insist(device, signal, () => device.link.ask('GET', href, signal))
  const offer = isDone(reply) ? readDeployment(reply.body) : undefined
  if (offer === undefined) await device.tell({ event: 'feedback-status', status: reply.status, on: 'deploymentBase' })
  return offer
}

/** Asks again at each interval until the server lets it go on; false when the offer is gone. */
async function allowed(
  { device, signal, actionId }: Passage,
  href: string,
  first: Deployment,
  may: (offer: Deployment) => boolean,
): Promise<boolean> {
  let offer = first
  while (!may(offer)) {
    await rest(device, signal)
    const next = await fetchOffer(device, signal, href)
    if (next?.actionId !== actionId) return false
    offer = next
  }
  return true
}

/** Fetches the bytes; undefined when it ends here, and has been told. */
async function fetchImage(passage: Passage, artifact: Artifact): Promise<ImageHeader | undefined> {
  const { device, actionId, course, signal } = passage
  if (!(await tellProgress(passage, course.pauses[0], say('download')))) return undefined
  await device.tell({ event: 'downloading', actionId })
  const wait = () => rest(device, signal)
  const got = await download(device.link, artifact, { breaks: course.breaks, wait, signal })
  if (got.kind === 'refused') {
    await device.tell({ event: 'feedback-status', status: got.status, on: 'download', actionId })
    await keep(passage, `the server refused the download with ${got.status}`)
    return undefined
  }
  if (got.kind === 'wrong') {
    await refuse(passage, got.why)
    return undefined
  }
  const { sha256, length, resumed, header } = got
  await device.tell({ event: 'downloaded', actionId, sha256, length, resumed })
  if (!(await tellProgress(passage, course.pauses[1], say('downloaded')))) return undefined
  if (header === undefined) await refuse(passage, 'not an image for this kind of device')
  return header
}

const isFor = ({ entry }: Device, { manufacturer, model }: ImageHeader): boolean =>
  manufacturer === entry.manufacturer && model === entry.model

/** Writes the image, and speaks now and then if it is slow. */
async function flash(passage: Passage): Promise<void> {
  const { device, actionId, course } = passage
  const { signal } = device.power
  if (device.entry.behaviour !== 'lying') await device.tell({ event: 'installing', actionId })
  for (const [at, seconds] of course.install.entries()) {
    if (at > 0) await speak(passage, signal, say('proceeding', `part ${at} of ${course.install.length} written`))
    await delay(seconds * 1000, undefined, { signal })
  }
}

/** Starts what was written, or what a liar pretends to have written. */
async function startImage(passage: Passage, image: ImageHeader): Promise<void> {
  const { device, actionId, course } = passage
  const old = device.runs
  const { version } = image
  if (device.entry.behaviour === 'lying') {
    await reboot(device, course.boot, () => keep(passage, 'it lies'))
    device.claims = version
    return close(passage, 'success', `runs ${version}`)
  }
  const fate = fateOf(image, device.entry)
  if (fate === 'bricks') {
    await switchOff(device)
    return device.tell({ event: 'bricked', actionId, version })
  }
  await reboot(device, course.boot, async () => {
    if (fate === 'runs') device.runs = device.claims = version
    await device.tell(
      fate === 'runs' ? { event: 'installed', actionId, version } : { event: 'rolled-back', actionId, version: old },
    )
  })
  if (fate === 'runs') await close(passage, 'success', `runs ${version}`)
  else await close(passage, 'failure', `rolled back to ${old}`)
}

async function install(passage: Passage, image: ImageHeader): Promise<void> {
  const { job, course, device } = passage
  if (!isFor(device, image)) return refuse(passage, `the image is for ${image.manufacturer} ${image.model}`)
  if (!(await tellProgress(passage, course.pauses[2], say('proceeding', 'installing')))) return
  passage.signal.throwIfAborted()
  job.flashing = true
  await flash(passage)
  await startImage(passage, image)
}

/** Accepts the offer, and is never heard of again. */
async function fallSilent(passage: Passage): Promise<void> {
  const { device, actionId } = passage
  if (!(await tellProgress(passage, 0, say('proceeding')))) return
  await switchOff(device)
  await keep(passage, 'it fell silent')
  await device.tell({ event: 'silent', actionId })
}

async function follow(device: Device, job: Job, href: string, past: Job | undefined): Promise<void> {
  const signal = AbortSignal.any([device.power.signal, job.cancel.signal])
  const offer = await fetchOffer(device, signal, href)
  if (offer === undefined) return
  const { actionId, artifact } = offer
  job.actionId = actionId
  const again = past?.actionId === actionId ? past.closing : undefined
  if (again !== undefined && past?.isClosed) await device.tell({ event: 'offered-again', actionId })
  if (again !== undefined) return repeat(device, job, actionId, again)
  const passage = { device, job, actionId, course: courseOf(device.fleet, device.entry, device.offers++), signal }
  await device.tell({ event: 'offered', actionId })
  if (device.entry.behaviour === 'silent') return fallSilent(passage)
  if (!(await allowed(passage, href, offer, (each) => each.mayDownload))) return keep(passage, 'the offer is gone')
  if (artifact === undefined) return refuse(passage, 'nothing that could be installed')
  const image = await fetchImage(passage, artifact)
  if (image === undefined) return
  if (!(await allowed(passage, href, offer, (each) => each.mayUpdate))) return keep(passage, 'the offer is gone')
  await install(passage, image)
}

/** Says again how an action ended, because the server did not hear it. */
async function repeat(device: Device, job: Job, actionId: string, closing: Feedback): Promise<void> {
  job.closing = closing
  job.flashing = true
  job.isClosed = await report(device, device.power.signal, 'deploymentBase', { id: actionId, actionId }, closing)
}

/**
 * Begins to follow an offer; what it is worth is told as facts.
 * @param past the job before this one
 */
export function beginJob(device: Device, href: string, past: Job | undefined): Job {
  const job: Omit<Job, 'done'> = {
    actionId: undefined,
    flashing: false,
    closing: undefined,
    isClosed: false,
    cancel: new AbortController(),
  }
  const begun: Job = Object.assign(job, { done: Promise.resolve() })
  const done = follow(device, begun, href, past).catch((cause: unknown) => {
    // Called off, or without power for good: whoever did it tells so.
    if (!begun.cancel.signal.aborted && !device.dead) throw cause
  })
  return Object.assign(begun, { done })
}
