import { createHash } from 'node:crypto'
import { join } from 'node:path'
import { type Cast, convene, gather, type Panel } from '../demo/cast.ts'
import { type Devices, importFleet, startDevices } from '../demo/devices.ts'
import { badCell, type DemoDevice, failingCell, makeFleet } from '../demo/fleet.ts'
import { splitKnowledge } from '../demo/knowledge.ts'
import { begin, equip, publish } from '../demo/making.ts'
import { models, put, star } from '../demo/world.ts'
import { makeImage } from '../simulator/image.ts'
import type { Keeper } from './keeper.ts'

/** Short policy values, so that waves open and jobs end all through a run; the clock is the real one. */
export const policy = { pollSeconds: 1, silenceSeconds: 12, soakSeconds: 4, perStratum: 6, stepSeconds: 30 } as const

/** Everything that a run needs before the first kill. */
export interface Stage {
  readonly folder: string
  readonly keeper: Keeper
  readonly fleet: readonly DemoDevice[]
  readonly simulated: Devices
  readonly cast: Cast
  readonly panel: Panel
  readonly release: string
  /** An image that is uploaded while kills fall, and its digest. */
  readonly large: { readonly file: string; readonly sha256: string }
}

const [{ manufacturer, model }] = models

/** The release that one revision dies of; the lab has no rig that would show it. */
function correctedImage(folder: string, seed: number): string {
  const bricks = [{ hardwareRevision: badCell.hardwareRevision, bootloaderBelow: badCell.below }]
  const fails = [{ hardwareRevision: failingCell.hardwareRevision, bootloaderBelow: failingCell.below }]
  const image = { manufacturer, model, version: star.correctedAs, length: 256 * 1024, seed, bricks, fails }
  return put(folder, 'corrected.bin', makeImage(image))
}

function largeImage(folder: string, seed: number): Stage['large'] {
  const bytes = makeImage({ manufacturer, model, version: '12.99', length: 48 * 1024 * 1024, seed })
  return { file: put(folder, 'large.bin', bytes), sha256: createHash('sha256').update(bytes).digest('hex') }
}

async function makeRelease({ publisher }: Cast, folder: string, key: string, seed: number): Promise<string> {
  const file = correctedImage(folder, seed)
  await publisher.does(['release', 'sign', file, '--key', key])
  const sent = ['artifact', 'upload', file, '--signature', `${file}.sig`]
  const { sha256 } = await publisher.reads<{ sha256: string }>(sent)
  const { id } = await publisher.reads<{ id: string }>([
    ...['release', 'create', '--name', `${model} ${star.correctedAs}`, '--version', star.correctedAs],
    ...['--target', `${manufacturer}/${model}=${sha256}`],
  ])
  const seconds = String(policy.stepSeconds)
  await publisher.does(['lab', 'test', id, '--step-seconds', seconds])
  return id
}

/** People, devices, knowledge and a published release; nothing is killed meanwhile. */
export async function makeStage(folder: string, keeper: Keeper, devices: number, seed: number): Promise<Stage> {
  await keeper.start()
  const { home, url } = keeper
  const fleet = makeFleet(models, devices, seed)
  const [cast, simulated] = await Promise.all([
    gather(home, url, keeper.asChild()),
    startDevices(folder, url, seed, fleet),
  ])
  const { known, news } = splitKnowledge(folder, star.vulnerability)
  const [vendor] = await Promise.all([
    begin(cast, folder, models[0], seed),
    importFleet(folder, cast.operator, fleet, simulated.ports),
    cast.admin.does(['feed', 'import', ...known, news]),
  ])
  await equip(cast, fleet, vendor)
  const large = largeImage(folder, seed)
  const [release, panel] = await Promise.all([
    makeRelease(cast, folder, vendor.key, seed),
    convene(cast, home, url),
    cast.publisher.does(['release', 'sign', large.file, '--key', vendor.key]),
  ])
  await publish(cast, release)
  return { folder, keeper, fleet, simulated, cast, panel, release, large }
}

/** The devices that the plans are for. */
export const audienceOf = (fleet: readonly DemoDevice[]): readonly DemoDevice[] =>
  fleet.filter((device) => device.model === model && !device.rig)

/** Where what a run made is kept. */
export const fileOf = (folder: string, name: string): string => join(folder, 'files', name)
