import { writeRevision, writeWave } from '@suture/contract/plan-spelling.ts'
import { quoted } from '../palette/quoted.ts'
import type { Body } from './builder/draft.ts'

interface Release {
  readonly id: string
  readonly name: string
}

/** What says from a terminal what a rollout of a release would come to; it stores nothing. */
export const planCommand = ({ id, name }: Release): string =>
  `suture rollout plan --release ${id} --name ${quoted(name)}`

/** A whole plan as a command: what it would come to, or the freezing of it. */
export function commandFor(verb: 'plan' | 'create', body: Body): string {
  const { name, release, audience, waves, limits, notBefore, notAfter, includeQuarantined = [] } = body
  const { perRevision } = limits
  const named = includeQuarantined.map((each) => quoted(writeRevision(each)))
  return [
    `suture rollout ${verb} --release ${release} --name ${quoted(name)}`,
    ...(audience?.q === undefined ? [] : [`-q ${quoted(audience.q)}`]),
    ...waves.map((wave) => `--wave ${writeWave(wave)}`),
    `--silence ${limits.silenceSeconds} --max-failures ${limits.maxFailurePercent}`,
    `--revision-max-failures ${perRevision.maxFailurePercent} --revision-sample ${perRevision.minimumSample}`,
    `--beyond ${perRevision.beyond} --not-before ${notBefore} --not-after ${notAfter}`,
    ...(named.length === 0 ? [] : [`--include-quarantined ${named.join(' ')}`]),
  ].join(' ')
}
