import { makeImage } from '../simulator/image.ts'
import type { Cast } from './cast.ts'
import { badCell, type DemoDevice, failingCell, type Model } from './fleet.ts'
import type { Screen } from './screen.ts'
import { policy, put, star } from './world.ts'

const imageBytes = 64 * 1024

/** The vendor's three images for one model: what is installed, a build that revision C cannot start, and its correction. */
function images(model: Model, seed: number): Readonly<Record<'factory' | 'broken' | 'corrected', Buffer>> {
  const { manufacturer, model: name, firmware } = model
  const common = { manufacturer, model: name, length: imageBytes, seed }
  return {
    factory: makeImage({ ...common, version: firmware }),
    broken: makeImage({ ...common, version: star.brokenAs, fails: [{ hardwareRevision: 'C' }] }),
    corrected: makeImage({
      ...common,
      version: star.correctedAs,
      bricks: [{ hardwareRevision: badCell.hardwareRevision, bootloaderBelow: badCell.below }],
      fails: [{ hardwareRevision: failingCell.hardwareRevision, bootloaderBelow: failingCell.below }],
    }),
  }
}

interface Release {
  readonly id: string
  readonly state: string
}

/** What the lab found. */
export interface LabResult {
  readonly rigs: number
  readonly verdict: string
  readonly uncovered: readonly { readonly hardwareRevision: string; readonly bootloader?: string }[]
}

/** The vendor signs, the publisher uploads; the digest of each image. */
async function upload(
  cast: Cast,
  folder: string,
  model: Model,
  seed: number,
): Promise<Readonly<Record<string, string>>> {
  const { publisher } = cast
  const key = put(folder, 'vendor-key-folder', '').replace('-folder', '')
  const digests: Record<string, string> = {}
  for (const [name, bytes] of Object.entries(images(model, seed))) {
    const file = put(folder, `${name}.bin`, bytes)
    const isFirst = Object.keys(digests).length === 0
    await publisher.does(['release', 'sign', file, '--key', key, ...(isFirst ? ['--new-key'] : [])])
    if (isFirst)
      await publisher.does([
        ...['vendor-key', 'add', `${key}.pub`, '--manufacturer', model.manufacturer, '--name', 'firmware key'],
      ])
    const artifact = await publisher.reads<{ sha256: string }>([
      'artifact',
      'upload',
      file,
      '--signature',
      `${file}.sig`,
    ])
    digests[name] = artifact.sha256
  }
  return digests
}

interface DeviceLine {
  readonly id: string
  readonly serial: string
  readonly rig: boolean
}

async function addRigs(cast: Cast, fleet: readonly DemoDevice[], model: Model, base: string): Promise<void> {
  const devices = await cast.operator.reads<DeviceLine[]>(['device', 'list', '--model', model.model])
  const rigs = fleet.filter(({ rig }) => rig)
  for (const { serial, hardwareRevision } of rigs) {
    const device = devices.find((each) => each.serial === serial)?.id ?? ''
    await cast.operator.does([
      ...['lab', 'rig', 'add', device, '--name', `bench ${hardwareRevision}`],
      ...['--base', base, '--base-version', model.firmware],
    ])
  }
}

const draft = (cast: Cast, model: Model, name: string, version: string, digest: string): Promise<Release> =>
  cast.publisher.reads<Release>([
    ...['release', 'create', '--name', name, '--version', version],
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

/** A build that the lab stops, and the corrected one that it passes and the signer signs. */
export async function makeReleases(
  given: { readonly cast: Cast; readonly folder: string; readonly screen: Screen; readonly seed: number },
  model: Model,
  fleet: readonly DemoDevice[],
) {
  const { cast, folder, screen, seed } = given
  const digests = await upload(cast, folder, model, seed)
  await addRigs(cast, fleet, model, digests.factory ?? '')
  screen.say('The vendor signed three images; each was verified before it was stored. Three rigs stand in the lab.')
  const broken = await draft(cast, model, `${model.model} ${star.brokenAs}`, star.brokenAs, digests.broken ?? '')
  const first = await test(cast, broken)
  for (const { rig, outcome, failure } of first.trials)
    screen.say(`${rig}: ${outcome}${failure ? ` (${failure})` : ''}`)
  screen.say(`${star.brokenAs}: the lab says “${first.state}”. It goes nowhere.`)
  const fixed = await draft(
    cast,
    model,
    `${model.model} ${star.correctedAs}`,
    star.correctedAs,
    digests.corrected ?? '',
  )
  const second = await test(cast, fixed)
  const uncovered = second.verdict?.uncovered ?? []
  screen.say(
    `${star.correctedAs}: the lab says “${second.state}”, and names ${uncovered.length} kinds of device that no rig stood for.`,
  )
  await cast.publisher.does(['release', 'publish', fixed.id])
  screen.say('The signer checked the lab’s verdict against its own roster and signed the release.')
  const lab: LabResult = { rigs: second.trials.length, verdict: second.state, uncovered }
  return { release: fixed.id, broken: { state: first.state }, lab }
}
