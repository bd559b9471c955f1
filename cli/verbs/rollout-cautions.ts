import type { Reply } from '@suture/contract/client.ts'
import type * as contract from '@suture/contract/deployment.ts'
import { programName } from '../output.ts'
import { cellText } from './lab.ts'

type Cautions = NonNullable<Reply<typeof contract.getRollout>['cautions']>
type Quarantine = Cautions['quarantined'][number]
type Uncovered = NonNullable<Cautions['uncovered']>

export const revisionText = (given: Pick<Quarantine, 'manufacturer' | 'model' | 'hardwareRevision'>): string =>
  `${given.manufacturer} ${given.model} revision ${given.hardwareRevision}`

const many = (count: number, one: string, more = `${one}s`): string => `${count} ${count === 1 ? one : more}`

/** What a plan does with a revision that was quarantined before. */
function fateOf({ devices, named }: Quarantine): string {
  if (devices === 0) return 'None of its devices is in this plan.'
  const here = `${many(devices, 'of its devices is', 'of its devices are')} in this plan`
  return named ? `${here}, which names the revision.` : `${here}, which was made without knowing that.`
}

const quarantineText = (given: Quarantine): string =>
  [
    `Warning: ${revisionText(given)} was quarantined by the rollout ${given.rollout.name} (${given.rollout.id}) at`,
    `${given.at.toISOString()}: ${given.failed} failed, ${given.silent} more fell silent. ${fateOf(given)}`,
  ].join(' ')

const because: Readonly<Record<'passed' | 'failed' | 'none', string>> = {
  passed: 'no rig stood for them in the lab',
  failed: 'the release failed when the lab last tested it',
  none: 'the lab has given no verdict',
}

function uncoveredTexts({ verdict, devices, kinds, cells, unseen }: Uncovered): string[] {
  const more = kinds - cells.length
  return [
    ...(devices > 0
      ? [
          `Warning: The plan reaches untested devices, ${devices} of ${many(kinds, 'kind')}: ${because[verdict ?? 'none']}.`,
        ]
      : []),
    ...cells.map((cell) => `  ${cell.devices} × ${cellText(cell)}`),
    ...(more > 0 ? [`  and ${many(more, 'kind')} more`] : []),
    ...(unseen > 0
      ? [`Warning: ${many(unseen, 'device of the plan is', 'devices of the plan are')} at sites that you may not see.`]
      : []),
  ]
}

/** What whoever approves a plan must know and its bytes do not say, one line each. */
export const cautionTexts = (cautions: Cautions | null): string[] =>
  cautions === null
    ? []
    : [
        ...cautions.quarantined.map(quarantineText),
        ...(cautions.uncovered === null ? [] : uncoveredTexts(cautions.uncovered)),
      ]

/** The same for whoever is about to sign; that there is nothing to say is said, too. */
export function cautionsToSign(cautions: Cautions | null): string {
  const head = 'What the server knows of this plan, and its bytes do not say:'
  if (cautions === null)
    return `${head} nothing can be told, because its release is not to be installed now or the rollout is over.`
  const texts = cautionTexts(cautions)
  if (texts.length > 0) return [head, ...texts].join('\n')
  return `${head} no earlier rollout quarantined any of it, and the lab tested every kind of device in it.`
}

/** How somebody includes what a plan leaves out. */
export const includingText = `Whoever means to try a quarantined revision again names it: ${programName} rollout create --include-quarantined <revision> …`
