import type { Rollout, Wave } from './kinds.ts'

const grouped = new Intl.NumberFormat('en-GB')

/** A number as people read it. */
export const figure = (value: number): string => grouped.format(value)

/** A number with its noun in the right number. */
export const count = (value: number, one: string, many = `${one}s`): string =>
  `${figure(value)} ${value === 1 ? one : many}`

/** A percentage with one decimal where it says something, never without its counts beside it. */
export const percent = (value: number): string => `${Number.isInteger(value) ? value : value.toFixed(1)} %`

/** The ends of a digest; the whole belongs in the title. */
export const short = (digest: string): string => `${digest.slice(0, 4)}…${digest.slice(-4)}`

const openWave = (waves: readonly Wave[]): Wave | undefined =>
  waves.find(({ state }) => state === 'open' || state === 'observing')

/** The state of a rollout, with the wave it is at. */
export function stateText({ state, waves }: Pick<Rollout, 'state' | 'waves'>, word: string): string {
  const at = openWave(waves)
  return at && (state === 'running' || state === 'paused') ? `${word}, wave ${at.no} of ${waves.length}` : word
}

/** The devices that were verified, at whichever try. */
export const verifiedIn = (waves: readonly Pick<Wave, 'verified' | 'retries'>[]): number =>
  waves.reduce((sum, { verified, retries }) => sum + verified + retries.verified, 0)

/** Jobs that are still under way, by the counters. */
export const underWay = (waves: readonly Wave[]): number =>
  waves.reduce(
    (sum, { offered, verified, failed, silent, other, retries }) =>
      sum + offered - verified - failed - silent - other + retries.offered - retries.ended,
    0,
  )

/** Another text whenever the state of the rollout or a counter is another. */
export const markOf = ({ state, waves }: Pick<Rollout, 'state' | 'waves'>): string =>
  [
    state,
    ...waves.map(({ offered, verified, failed, silent, other, retries }) =>
      [offered, verified, failed, silent, other, ...Object.values(retries)].join(' '),
    ),
  ].join()

/** Where each wave ends, counted in devices. */
export const stitchesOf = (waves: readonly Pick<Wave, 'devices'>[]): number[] => {
  let reach = 0
  return waves.map(({ devices }) => (reach += devices))
}

interface Looking {
  readonly id: string
  readonly mayApprove: boolean
}

/** Who may still sign a plan, said to whoever looks. */
export function signersText(
  { createdBy, approvals }: Pick<Rollout, 'createdBy' | 'approvals'>,
  needed: number,
  { id, mayApprove }: Looking,
): string {
  const missing = needed - approvals.length
  if (missing <= 0) return 'Enough people have signed; the signer decides next.'
  const rest = missing === 1 ? 'One more person signs it' : `${missing} people sign it`
  if (createdBy === id) return `${rest}. You wrote this plan, so someone else must.`
  if (approvals.some(({ person }) => person === id)) return `${rest}. You have signed; it takes somebody else now.`
  if (!mayApprove) return `${rest}: people who may approve rollouts, other than its author. You may not.`
  return `${rest}, with an approval key that is enrolled with the signer. You may be one of them.`
}

export interface UncoveredCell {
  /** The manufacturer before it. */
  readonly model: string
  readonly hardwareRevision: string
  readonly bootloader?: string | undefined
  readonly currentVersion?: string | undefined
}

/** A kind of device, as a rig stands for it. */
export const cellText = ({
  bootloader,
  currentVersion,
}: Pick<UncoveredCell, 'bootloader' | 'currentVersion'>): string =>
  [
    ...(currentVersion === undefined ? [] : [`now on ${currentVersion}`]),
    ...(bootloader === undefined ? [] : [`bootloader ${bootloader}`]),
  ].join(', ')

/** The cells without a rig that this rollout reaches. */
export const uncoveredOf = (waves: readonly Pick<Wave, 'strata'>[], cells: readonly UncoveredCell[]): UncoveredCell[] =>
  cells.filter((cell) =>
    waves.some(({ strata }) =>
      strata.some(
        ({ manufacturer, model, hardwareRevision, devices }) =>
          devices > 0 && `${manufacturer} ${model}` === cell.model && hardwareRevision === cell.hardwareRevision,
      ),
    ),
  )

/** The seam of a rollout as a sentence. */
export function seamText(waves: readonly Pick<Wave, 'verified' | 'retries' | 'state'>[], devices: number): string {
  const passed = waves.filter(({ state }) => state === 'passed').length
  const verified = verifiedIn(waves)
  return `${figure(verified)} of ${count(devices, 'device')} verified; ${passed} of ${count(waves.length, 'wave')} passed`
}

/** A release as people call it; its name often ends in its version already. */
export const releaseText = ({ name, version }: { readonly name: string; readonly version: string }): string =>
  name.split(' ').includes(version) ? name : `${name} ${version}`
