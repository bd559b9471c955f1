import type { Reply } from '@suture/contract/client.ts'
import type { getRelease, listReleases } from '@suture/contract/releases.ts'
import type { TrialFailure, TrialStep } from '@suture/contract/states.ts'

export type Release = Reply<typeof getRelease>
export type Listed = Reply<typeof listReleases>['items'][number]
type Target = Release['targets'][number]

/** How many bytes, in the largest unit of which there is one. */
export function size(bytes: number): string {
  const units = ['bytes', 'kB', 'MB', 'GB'] as const
  const at = Math.min(units.length - 1, Math.floor(Math.log10(Math.max(1, bytes)) / 3))
  const value = bytes / 1000 ** at
  return `${at === 0 || Number.isInteger(value) ? value : value.toFixed(1)} ${units[at]}`
}

/** Which revisions of its model a target is for. */
export function revisionsOf(target: Target, all: readonly Target[]): string {
  if (target.hardwareRevision !== undefined) return `revision ${target.hardwareRevision}`
  const hasOthers = all.some(
    ({ manufacturer, model, hardwareRevision }) =>
      hardwareRevision !== undefined && manufacturer === target.manufacturer && model === target.model,
  )
  return hasOthers ? 'every other revision' : 'every revision'
}

/** Who signed what goes on a release’s models, and whose signature is missing or counts no longer. */
export function signedBy(models: Listed['models']): { readonly isWhole: boolean; readonly says: string } {
  const makers = [...new Set(models.map(({ manufacturer }) => manufacturer))]
  const missing = makers.filter((maker) =>
    models.some(({ manufacturer, isSigned }) => manufacturer === maker && !isSigned),
  )
  return missing.length === 0
    ? { isWhole: true, says: `signed by ${makers.join(', ')}` }
    : { isWhole: false, says: `no key that counts: ${missing.join(', ')}` }
}

/** What a rig goes through, while it does. */
export const stepWords: Readonly<Record<TrialStep, string>> = {
  install: 'installs it',
  boot: 'starts with it',
  health: 'works with it',
  'roll-back': 'goes back',
  over: 'over',
}

/** The first thing that went wrong. */
export const failureWords: Readonly<Record<TrialFailure, string>> = {
  'install-failed': 'It could not install it',
  silent: 'It said nothing any more',
  'no-boot': 'It did not start with it',
  unhealthy: 'It did not work with it',
  'roll-back-failed': 'It did not go back to its base version',
}
