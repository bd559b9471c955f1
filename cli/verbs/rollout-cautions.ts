import { moreKindsText, quarantineFate, revisionText, unseenText, untestedText } from '@suture/contract/cautions.ts'
import type { Reply } from '@suture/contract/client.ts'
import type * as contract from '@suture/contract/deployment.ts'
import { programName } from '../output.ts'
import { cellText } from './lab.ts'

type Cautions = NonNullable<Reply<typeof contract.getRollout>['cautions']>
type Quarantine = Cautions['quarantined'][number]
type Uncovered = NonNullable<Cautions['uncovered']>

const quarantineText = (given: Quarantine): string =>
  [
    `Warning: ${revisionText(given)} was quarantined by the rollout ${given.rollout.name} (${given.rollout.id}) at`,
    `${given.at.toISOString()}: ${quarantineFate(given)}`,
  ].join(' ')

const warned = (text: string): string[] => (text === '' ? [] : [`Warning: ${text}`])

function uncoveredTexts(uncovered: Uncovered): string[] {
  const more = moreKindsText(uncovered)
  return [
    ...warned(untestedText(uncovered)),
    ...uncovered.cells.map((cell) => `  ${cell.devices} × ${cellText(cell)}`),
    ...(more === '' ? [] : [`  ${more}`]),
    ...warned(unseenText(uncovered)),
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
