import type { Limits, Wave } from './rollout-presets.ts'

/** The parts of `name=value,name=value`; nothing where a name is not known, or stands twice. */
function partsOf(text: string, known: readonly string[]): ReadonlyMap<string, string> | undefined {
  const parts = text.split(',').map((part) => part.split('='))
  const read = new Map(parts.map(([name = '', value = '']) => [name.trim(), value.trim()]))
  const isFit = parts.every(({ length }) => length === 2) && [...read.keys()].every((name) => known.includes(name))
  return isFit && read.size === parts.length ? read : undefined
}

/** A whole number of as many digits as no limit of a plan needs more of. */
const wholeIn = (text: string | undefined): number | undefined =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : undefined

/** Reads `each=6,soak=60,sample=2` or `percent=20,soak=60,sample=10`, as a command and an address have a wave. */
export function readWave(text: string): Wave | undefined {
  const parts = partsOf(text, ['each', 'percent', 'soak', 'sample'])
  if (!parts || parts.has('each') === parts.has('percent')) return undefined
  const [size, soakSeconds, minimumSample] = [
    wholeIn(parts.get('each') ?? parts.get('percent')),
    wholeIn(parts.get('soak') ?? '0'),
    wholeIn(parts.get('sample') ?? '1'),
  ]
  if (size === undefined || soakSeconds === undefined || minimumSample === undefined) return undefined
  const pace = { soakSeconds, minimumSample }
  return parts.has('each')
    ? { pick: 'stratified', perStratum: size, ...pace }
    : { pick: 'hashed', percent: size, ...pace }
}

export const writeWave = (wave: Wave): string =>
  `${wave.pick === 'stratified' ? `each=${wave.perStratum}` : `percent=${wave.percent}`},soak=${wave.soakSeconds},sample=${wave.minimumSample}`

/** Reads limits as `writeLimits` spells them; all of them must be there. */
export function readLimits(text: string): Limits | undefined {
  const parts = partsOf(text, ['silence', 'failures', 'revision', 'sample', 'beyond'])
  const [silenceSeconds, maxFailurePercent, ofRevision, minimumSample] = [
    ...['silence', 'failures', 'revision', 'sample'].map((name) => wholeIn(parts?.get(name))),
  ]
  const beyond = (['quarantine', 'stop'] as const).find((each) => each === parts?.get('beyond'))
  if (silenceSeconds === undefined || maxFailurePercent === undefined || ofRevision === undefined) return undefined
  if (minimumSample === undefined || beyond === undefined) return undefined
  return { silenceSeconds, maxFailurePercent, perRevision: { maxFailurePercent: ofRevision, minimumSample, beyond } }
}

export const writeLimits = ({ silenceSeconds, maxFailurePercent, perRevision }: Limits): string =>
  `silence=${silenceSeconds},failures=${maxFailurePercent},revision=${perRevision.maxFailurePercent},sample=${perRevision.minimumSample},beyond=${perRevision.beyond}`

/** A hardware revision, with its model where several have a revision of this name. */
interface NamedRevision {
  readonly manufacturer?: string | undefined
  readonly model?: string | undefined
  readonly hardwareRevision: string
}

const escaped = (name: string): string => name.replaceAll('%', '%25').replaceAll('/', '%2F')
const plain = (name: string): string => name.replaceAll('%2F', '/').replaceAll('%25', '%')

/** Reads `B`, or `Axis/P3245/B`, as a command names a revision; in the second form a `/` of a name is written `%2F`. */
export function readRevision(text: string): NamedRevision {
  const [manufacturer = '', model = '', hardwareRevision = '', ...more] = text.split('/').map(plain)
  if (more.length > 0 || [manufacturer, model, hardwareRevision].includes('')) return { hardwareRevision: text }
  return { manufacturer, model, hardwareRevision }
}

export const writeRevision = ({ manufacturer, model, hardwareRevision }: NamedRevision): string =>
  manufacturer === undefined || model === undefined
    ? hardwareRevision
    : [manufacturer, model, hardwareRevision].map(escaped).join('/')
