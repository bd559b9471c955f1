import { listDevices } from '@suture/contract/devices.ts'
import { addRig, getLabKey } from '@suture/contract/lab.ts'
import { makeImage } from '../simulator/image.ts'
import type { Cast } from './cast.ts'
import { badCell, type DemoDevice, failingCell, type Model } from './fleet.ts'
import type { Screen } from './screen.ts'
import { policy, put, star } from './world.ts'

const imageBytes = 64 * 1024

type Images = Readonly<Record<'factory' | 'broken' | 'corrected', string>>

/** The vendor's three images for one model: what is installed, a build that revision C cannot start, and its correction. */
function images(folder: string, model: Model, seed: number): Images {
  const { manufacturer, model: name, firmware } = model
  const common = { manufacturer, model: name, length: imageBytes, seed }
  const bricks = [{ hardwareRevision: badCell.hardwareRevision, bootloaderBelow: badCell.below }]
  const fails = [{ hardwareRevision: failingCell.hardwareRevision, bootloaderBelow: failingCell.below }]
  return {
    factory: put(folder, 'factory.bin', makeImage({ ...common, version: firmware })),
    broken: put(
      folder,
      'broken.bin',
      makeImage({ ...common, version: star.brokenAs, fails: [{ hardwareRevision: 'C' }] }),
    ),
    corrected: put(folder, 'corrected.bin', makeImage({ ...common, version: star.correctedAs, bricks, fails })),
  }
}

/** What the lab found. */
export interface LabResult {
  readonly rigs: number
  readonly verdict: string
  readonly uncovered: readonly { readonly hardwareRevision: string; readonly bootloader?: string }[]
}

/** The publisher uploads what the vendor signed, and the server stores what verifies; the digest of the image. */
async function upload({ publisher }: Cast, file: string): Promise<string> {
  const sent = ['artifact', 'upload', file, '--signature', `${file}.sig`]
  return (await publisher.reads<{ sha256: string }>(sent)).sha256
}

/** The manufacturer's key is known, and the image that is installed everywhere is stored. */
export async function begin(cast: Cast, folder: string, model: Model, seed: number) {
  const { publisher } = cast
  const files = images(folder, model, seed)
  const key = `${files.factory}.key`
  await publisher.does(['release', 'sign', files.factory, '--key', key, '--new-key'])
  await publisher.does([
    ...['vendor-key', 'add', `${key}.pub`, '--manufacturer', model.manufacturer, '--name', 'firmware key'],
  ])
  // The lab makes its key when it is first asked for it.
  await publisher.calls(getLabKey, {})
  return { files, key, base: { artifact: await upload(cast, files.factory), version: model.firmware } }
}

type Vendor = Awaited<ReturnType<typeof begin>>

/** One rig of each revision stands in the lab, and goes back to the installed image after each test. */
export async function equip({ operator }: Cast, fleet: readonly DemoDevice[], { base }: Vendor): Promise<void> {
  const { items } = await operator.calls(listDevices, { query: { q: 'rig:yes', limit: 500 } })
  const idOf = (serial: string): string => items.find((each) => each.serial === serial)?.id ?? ''
  const rigs = fleet.filter(({ rig }) => rig)
  const add = ({ serial, hardwareRevision }: DemoDevice) =>
    operator.calls(addRig, { body: { device: idOf(serial), name: `bench ${hardwareRevision}`, base } })
  await Promise.all(rigs.map(add))
}

/** Both builds of the vendor, signed and stored; their digests. */
export async function deliver(cast: Cast, { files, key }: Vendor) {
  const signed = async (file: string) => {
    await cast.publisher.does(['release', 'sign', file, '--key', key])
    return upload(cast, file)
  }
  const [broken, corrected] = await Promise.all([signed(files.broken), signed(files.corrected)])
  return { broken, corrected }
}

interface Release {
  readonly id: string
  readonly state: string
}

const draft = (cast: Cast, model: Model, version: string, digest: string): Promise<Release> =>
  cast.publisher.reads<Release>([
    ...['release', 'create', '--name', `${model.model} ${version}`, '--version', version],
    ...['--target', `${model.manufacturer}/${model.model}=${digest}`],
  ])

interface Run {
  readonly state: string
  readonly trials: readonly { readonly rig: string; readonly outcome: string | null; readonly failure: string | null }[]
  readonly verdict: { readonly uncovered: LabResult['uncovered'] } | null
}

/** Tests a release on every rig; a verdict of the lab is a result, whatever it is. */
async function test(cast: Cast, release: Release): Promise<Run> {
  const seconds = String(policy.stepSeconds)
  const ran = await cast.publisher.tries(['lab', 'test', release.id, '--step-seconds', seconds, '-o', 'json'])
  const run = JSON.parse(ran.out || '{}') as Run
  if (run.state !== 'passed' && run.state !== 'failed')
    throw new Error(`The lab gave no verdict: ${ran.err || ran.out}`)
  return run
}

/** A build that the lab stops, and the corrected one that it passes. */
export async function tryOut(cast: Cast, screen: Screen, model: Model, digests: Awaited<ReturnType<typeof deliver>>) {
  const [broken, corrected] = await Promise.all([
    draft(cast, model, star.brokenAs, digests.broken),
    draft(cast, model, star.correctedAs, digests.corrected),
  ])
  const first = await test(cast, broken)
  for (const { rig, outcome, failure } of first.trials)
    screen.say(`${rig}: ${outcome}${failure ? ` (${failure})` : ''}`)
  screen.say(`${star.brokenAs}: the lab says “${first.state}”. It goes nowhere.`)
  const second = await test(cast, corrected)
  const uncovered = second.verdict?.uncovered ?? []
  screen.say(
    `${star.correctedAs}: the lab says “${second.state}”, and names ${uncovered.length} kinds of device that no rig stood for.`,
  )
  const lab: LabResult = { rigs: second.trials.length, verdict: second.state, uncovered }
  return { release: corrected.id, broken: { state: first.state }, lab }
}

/** The signer checks the lab's verdict against its own roster, and signs the release. */
export const publish = ({ publisher }: Cast, release: string): Promise<string> =>
  publisher.does(['release', 'publish', release])
