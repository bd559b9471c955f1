import type { Reply } from '@suture/contract/client.ts'
import type { listEvents } from '@suture/contract/platform.ts'
import { type Look, looks } from '../design/state.ts'
import type { Release } from './words.ts'

type Event = Reply<typeof listEvents>['items'][number]

/** Something that happened to a release. */
export interface Moment {
  readonly look: Pick<Look, 'glyph' | 'tone'>
  readonly says: string
  readonly at: Date
  readonly by: string | undefined
  readonly reason?: string
}

const { release: states, 'lab-run': runs, signing } = looks

/** What each event of a release says; whatever else is on record of it says nothing here. */
const words: Readonly<Record<string, Pick<Moment, 'look' | 'says'>>> = {
  'release.created': { look: states.draft, says: 'Made as a draft' },
  'release.lab-passed': { look: runs.passed, says: 'Passed the lab' },
  'release.lab-failed': { look: runs.failed, says: 'Failed in the lab' },
  'release.publication-asked': { look: signing.requested, says: 'The signer was asked to sign it' },
  'release.published': { look: states.published, says: 'Signed and published' },
  'release.deprecated': { look: states.deprecated, says: 'Deprecated' },
  'release.withdrawn': { look: states.withdrawn, says: 'Withdrawn' },
}

/** The life of a release as the record of who did what has it, the oldest first. */
export const lifeOnRecord = (events: readonly Event[]): Moment[] =>
  events.toReversed().flatMap(({ kind, at, actor, detail }) => {
    const said = words[kind]
    if (!said) return []
    const by = actor.kind === 'system' ? undefined : actor.name
    return [{ ...said, at, by, ...(typeof detail.reason === 'string' ? { reason: detail.reason } : {}) }]
  })

/** As much of it as the release itself tells, for whoever may not read the record: the oldest first. */
export function lifeOf(
  { createdAt, createdBy, verdict, publishedAt }: Pick<Release, 'createdAt' | 'createdBy' | 'verdict' | 'publishedAt'>,
  nameOf: (person: string) => string | undefined,
): Moment[] {
  const moment = (kind: string, at: Date | null | undefined, by?: string): Moment[] =>
    words[kind] && at ? [{ ...words[kind], at, by }] : []
  return [
    ...moment('release.created', createdAt, nameOf(createdBy)),
    ...moment(verdict?.verdict === 'passed' ? 'release.lab-passed' : 'release.lab-failed', verdict?.at),
    ...moment('release.published', publishedAt),
  ].sort((a, b) => a.at.getTime() - b.at.getTime())
}
