import { type Assurance, assurances } from '@suture/contract/states.ts'

/** What somebody said of a device, and how it is known. */
export interface Fact {
  readonly name: string
  readonly value: string
  readonly source: string
  readonly assurance: Assurance
  readonly at: Date
}

/** What one source said of a device, by the names of the facts; the time is ISO 8601 in UTC. */
export type Told = Readonly<
  Record<string, { readonly value: string; readonly assurance: Assurance; readonly at: string }>
>

/** Facts of one source, as they are stored. */
export const toldOf = (facts: readonly Fact[]): Told =>
  Object.fromEntries(facts.map(({ name, value, assurance, at }) => [name, { value, assurance, at: at.toISOString() }]))

/** What a source said, fact by fact. */
export const factsOf = (source: string, told: Told): Fact[] =>
  Object.entries(told).map(([name, { value, assurance, at }]) => ({ name, value, source, assurance, at: new Date(at) }))

/** What a device knows best itself. Everything else about it is its operator's to say. */
export const ownFacts = ['hardwareRevision', 'bootloader', 'firmware'] as const

/** What a device may say of itself at all; whatever else it says is not kept. */
const claimableFacts = ['manufacturer', 'model', 'serial', ...ownFacts] as const

/** Where operators' words come from: a list that they imported, the form with which they let a device in. */
const operatorSources: readonly string[] = ['import', 'admission']

/** How strongly a statement is known, from 0. */
export const strengthOf = (assurance: Assurance): number => assurances.indexOf(assurance)

type Grade = readonly (number | string)[]

/**
 * What is compared first to last. A device's own facts: what we read back, then what an operator said, then what the
 * device claims, because a report alone must not end a finding; of the same kind the newer, so that a device that went
 * back is seen to have gone back. All others: what an operator said, then the newer.
 */
const gradeOf = ({ name, source, assurance, at, value }: Fact): Grade => {
  const isOperators = operatorSources.includes(source)
  const isRead = (ownFacts as readonly string[]).includes(name) && assurance !== 'claimed'
  return [isRead ? 2 : Number(isOperators), at.getTime(), strengthOf(assurance), source, value]
}

/** Whether the first of two facts of one name is believed rather than the second. */
function outweighs(a: Fact, b: Fact): boolean {
  const [ours, theirs] = [gradeOf(a), gradeOf(b)]
  const at = ours.findIndex((part, place) => part !== theirs[place])
  return at >= 0 && (ours[at] as number | string) > (theirs[at] as number | string)
}

/** The fact that is believed, for each name that anything was said about. */
export function effective(facts: readonly Fact[]): ReadonlyMap<string, Fact> {
  const believed = new Map<string, Fact>()
  for (const fact of facts) {
    const before = believed.get(fact.name)
    if (!before || outweighs(fact, before)) believed.set(fact.name, fact)
  }
  return believed
}

const mostLetters = 120

/** What is kept of a device's own words: known names, and values that are neither empty, too long nor unprintable. */
export function readClaims(told: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  const claims = claimableFacts.flatMap((name): [string, string][] => {
    const value = (Object.hasOwn(told, name) ? told[name] : undefined)?.trim() ?? ''
    const isFit = value !== '' && value.length <= mostLetters && !/[\p{Cc}\p{Cs}]/u.test(value)
    return isFit ? [[name, value]] : []
  })
  return new Map(claims)
}
