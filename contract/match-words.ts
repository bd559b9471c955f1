import type { Reply } from './client.ts'
import type { explainMatch } from './intelligence.ts'

type Because = Reply<typeof explainMatch>['judged'][number]['because']
type Range = NonNullable<Because['range']>
type End = NonNullable<Range['from']>

const endInWords = ({ version, inclusive }: End, word: string) =>
  `${word} ${version}${inclusive ? '' : ' (not itself)'}`

/** Which versions are meant, and what is said of them. */
export function rangeInWords({ status, exact, all, from, to }: Range): string {
  const which =
    exact ??
    (all
      ? 'every version'
      : [from && endInWords(from, 'from'), to && endInWords(to, 'up to')].filter(Boolean).join(' '))
  return `${status}: ${which}`
}

/** What decided, as half a sentence that goes on after the version. */
export function becauseInWords({ rule, range, unreadable }: Because): string {
  const said = range ? ` (${rangeInWords(range)})` : ''
  switch (rule) {
    case 'unreadable-version':
      return `cannot be read as a version (${unreadable})`
    case 'unreadable-range':
      return `cannot be compared with what is said${said}`
    case 'refines':
      return `is a closer description of a release that is named${said}, and nobody said which side it is on`
    case 'exact':
      return `is named${said}`
    case 'all':
      return `is among all versions${said}`
    case 'inside':
      return `lies inside${said}`
    case 'outside':
      return `lies outside${said}`
    default:
      return 'is not mentioned'
  }
}

/** By what a component was recognised. */
export const recognition = { name: 'by its name', alias: 'by another name of it', cpe: 'by its CPE name' } as const
/** What a component or a device is to a vulnerability. */
export const verdictWords = {
  affected: 'affected',
  unknown: 'perhaps affected',
  'not-affected': 'not affected',
} as const
