import type { Reply } from '@suture/contract/client.ts'
import type { readDevice } from '@suture/contract/deployment.ts'
import type { getDevice } from '@suture/contract/devices.ts'

type DeviceDetail = Reply<typeof getDevice>
type Fact = DeviceDetail['facts'][number]

/** One fact as it is believed, with what others said of the same. */
export interface Said {
  readonly name: string
  readonly believed: Fact
  /** The same value from somebody else. */
  readonly agreeing: readonly Fact[]
  /** Another value. */
  readonly differing: readonly Fact[]
}

/** The facts by their names, each with what is believed and what speaks for and against it. */
export function saidOf(facts: readonly Fact[]): readonly Said[] {
  return [...Map.groupBy(facts, ({ name }) => name)].flatMap(([name, said]) => {
    const believed = said.find(({ effective }) => effective)
    if (!believed) return []
    const others = said.filter((fact) => fact !== believed)
    const [agreeing, differing] = [true, false].map((same) =>
      others.filter(({ value }) => (value === believed.value) === same),
    )
    return { name, believed, agreeing: agreeing ?? [], differing: differing ?? [] }
  })
}

const sources: Readonly<Record<string, string>> = {
  import: 'An operator’s list',
  admission: 'The operator who let it in',
  reading: 'Our reading',
  ddi: 'The device itself',
}

/** Who said something, as the subject of a sentence. */
export const sourceWords = (source: string): string => sources[source] ?? source

/** `hardwareRevision` as a person writes it. */
export const factWord = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`)

const context = ['criticality', 'exposure', 'safetyRole', 'dataSensitivity'] as const

/** What nobody said of a device although a decision may read it. */
export const unsaidOf = ({ facts }: Pick<DeviceDetail, 'facts'>): readonly string[] =>
  context.filter((name) => !facts.some((fact) => fact.name === name)).map(factWord)

/** What a reading on request came to, in one sentence or two. */
export function readingWords(reading: Reply<typeof readDevice>): string {
  const { outcome, firmware, serial, believed, changed } = reading
  if (outcome === 'no-answer') return `It did not answer. Suture goes on believing that it runs ${believed}.`
  if (outcome === 'contradicts')
    return `What answered has another serial number${serial === null ? '' : `, ${serial}`}, so nothing that it said is believed. Suture goes on believing that the device runs ${believed}.`
  if (changed)
    return `It answered, and runs ${firmware ?? 'something unnamed'}. Until now Suture believed ${believed}; from now on it believes what was read.`
  if (firmware === believed) return `It answered, and runs ${believed}, as Suture believed.`
  return `It answered, and named ${firmware ?? 'no firmware'}. Suture goes on believing ${believed}.`
}

/** An address as a person writes it; one of IPv6 in brackets (RFC 3986 section 3.2.2). */
export const addressOf = ({ protocol, host, port, path }: NonNullable<DeviceDetail['identity']>): string =>
  `${protocol}://${host.includes(':') ? `[${host}]` : host}:${port}${path}`

/** Why findings are not counted on a device, if they are not. */
export function notCounted({ rig, state }: Pick<DeviceDetail, 'rig' | 'state'>): string | undefined {
  if (rig) return 'Findings are not counted on rigs of the lab.'
  if (state === 'quarantined') return 'Findings are counted once somebody has admitted it.'
  return state === 'retired' ? 'Findings are not counted on retired devices.' : undefined
}

/** Why a device on which findings are counted has none; what nobody looked for is not said to be absent. */
export const noFinding = (isJudged: boolean): string =>
  isJudged
    ? 'Nothing that is known of vulnerabilities fits what it is believed to run. What is not in its bill, or in the imported facts, is not looked for.'
    : 'Its bill was not compared with what is known yet.'
