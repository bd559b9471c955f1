import { createHash } from 'node:crypto'
import { Random } from '../random.ts'

/** A kind of device in the demo; facts about real products, from `data/knowledge`. */
export interface Model {
  readonly manufacturer: string
  readonly model: string
  readonly type: string
  readonly firmware: string
}

/** One simulated device with what its operators know of it. */
export interface DemoDevice extends Model {
  readonly controllerId: string
  readonly serial: string
  readonly token: string
  readonly hardwareRevision: string
  readonly bootloader: string
  readonly behaviour: 'honest' | 'slow' | 'silent' | 'lying' | 'interrupted'
  readonly protocol: 'http' | 'coap'
  readonly site: string
  readonly exposure: 'exposed' | 'internal' | 'isolated' | 'unknown'
  readonly rig: boolean
}

/** The cell that dies of the update: nobody knows of it, and no rig stands for it. */
export const badCell = { hardwareRevision: 'C', bootloaders: ['1.2', '1.3'], below: '1.4' } as const
/** The cell that does not come up with the update and goes back by itself. */
export const failingCell = { hardwareRevision: 'B', bootloader: '1.1', below: '1.2' } as const

export const sites = ['Waterworks North', 'Plant Two', 'Harbour'] as const

/** The share of the fleet that is of the model in question, and how that falls into hardware revisions. */
const starShare = 0.64
const revisions = { A: 0.4, B: 0.3, C: 0.3 } as const

/** How many of revision C have the bootloader that the rig has: few enough that a first wave of six meets five others. */
const goodOfC = 1

/** The misbehaving ones of a revision: at most two, so that they alone never pass a limit. */
const oddOnes: Readonly<Record<string, readonly DemoDevice['behaviour'][]>> = {
  A: ['lying', 'silent', 'interrupted', 'slow'],
  B: ['lying', 'interrupted', 'slow'],
  C: ['interrupted'],
}

const bootloaderOf = (revision: string, no: number): string => {
  if (revision === 'C') return no < goodOfC ? '1.5' : (badCell.bootloaders[no % 2] ?? '')
  return revision === 'B' && no === 3 ? failingCell.bootloader : '1.5'
}

const tokenOf = (seed: number, id: string): string =>
  createHash('sha256').update(`${seed} ${id}`).digest('hex').slice(0, 32)

/** The whole fleet with one rig for each revision of the first model; the same seed gives the same fleet. */
export function makeFleet(models: readonly Model[], count: number, seed: number): readonly DemoDevice[] {
  const [star, ...others] = models
  if (!star || others.length === 0) throw new Error('A fleet needs more than one model')
  const random = new Random(seed)
  const fleet: DemoDevice[] = []
  const add = (model: Model, revision: string, no: number, rig = false) => {
    const odd = model === star && !rig ? oddOnes[revision]?.[no - (revision === 'C' ? 0 : 4)] : undefined
    const id = `${rig ? 'rig' : 'dev'}-${revision.toLowerCase()}-${String(fleet.length + 1).padStart(4, '0')}`
    fleet.push({
      ...model,
      controllerId: id,
      serial: `SN${seed}${String(fleet.length + 1).padStart(5, '0')}`,
      token: tokenOf(seed, id),
      hardwareRevision: revision,
      bootloader: rig || model !== star ? '1.5' : bootloaderOf(revision, no),
      behaviour: odd ?? 'honest',
      protocol: random.next() < 0.5 ? 'http' : 'coap',
      site: random.pick(sites),
      exposure: random.pick(['exposed', 'internal', 'isolated', 'unknown']),
      rig,
    })
  }
  const ofStar = Math.round(count * starShare)
  for (const [revision, share] of Object.entries(revisions))
    for (let no = 0; no < Math.round(ofStar * share); no++) add(star, revision, no)
  for (let no = 0; fleet.length < count; no++) add(others[no % others.length] as Model, 'A', no)
  for (const revision of Object.keys(revisions)) add(star, revision, 0, true)
  return fleet
}
