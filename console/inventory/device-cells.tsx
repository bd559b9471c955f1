import type { Reply } from '@suture/contract/client.ts'
import type { listDeviceClocks } from '@suture/contract/risk.ts'
import { outcomeWords } from '@suture/contract/risk-words.ts'
import type { ReactNode } from 'react'
import { Clock } from '../design/clock.tsx'
import { Glyph } from '../design/glyph.tsx'
import { AssuranceMark, lookOf } from '../design/status.tsx'
import { instant, span } from '../design/time.ts'
import type { Fitted } from './device-columns.ts'
import { type DeviceRow, placeOf } from './device-rows.ts'
import { type ColumnKey, columnNames } from './list-look.ts'

type DeviceClock = Reply<typeof listDeviceClocks>['items'][number]

/** What is known of a device’s findings; `none` for a device that is not judged at all. */
export type Told = DeviceClock | 'none' | undefined

export interface DeviceColumn extends Fitted {
  readonly key: ColumnKey
  readonly head: string
  readonly className?: string
  /** It takes what is left over. */
  readonly grows?: boolean
  /** Only for whoever may read findings. */
  readonly isRisk?: boolean
  readonly cell: (device: DeviceRow, now: Date, told: Told) => ReactNode
}

const Faint = ({ children, title }: { readonly children: ReactNode; readonly title?: string }) => (
  <span className="f" title={title}>
    {children}
  </span>
)

const notCounted = 'Findings are counted on devices in service: on no rig, and on none in quarantine or retired'

/** The first deadline, or why there is none. */
function dueCell(told: Told, now: Date): ReactNode {
  if (told === undefined) return null
  if (told === 'none') return <Faint title={notCounted}>not counted</Faint>
  if (told.dueAt) return <Clock dueAt={told.dueAt} now={now} />
  if (!told.isJudged) return <Faint title="Its bill was not compared with what is known yet">not judged yet</Faint>
  if (told.undecided > 0) return <Faint>undecided</Faint>
  return <Faint>none</Faint>
}

const outcomeTitle = ({ outcome, undecided }: DeviceClock): string =>
  [
    ...(outcome ? [`the most urgent: fix it ${outcomeWords[outcome]}`] : []),
    ...(undecided ? [`${undecided} wait to be decided`] : []),
  ].join('; ')

/** How many findings; a number that nobody looked for is not nought. */
function findingsCell(told: Told): ReactNode {
  if (told === undefined || told === 'none' || !told.isJudged) return null
  return told.findings === 0 ? <Faint>0</Faint> : <span title={outcomeTitle(told)}>{told.findings}</span>
}

/** How long nothing was heard; silence that counts has the colour of its state. */
function heardCell({ lastSeen, state }: DeviceRow, now: Date): ReactNode {
  if (lastSeen === null) return <Faint>never</Faint>
  const tone = state === 'silent' || state === 'quiet' ? `c-${lookOf('device', state).tone}` : undefined
  return (
    <span className={tone} title={instant(lastSeen)}>
      {span(now.getTime() - lastSeen.getTime())}
    </span>
  )
}

/** What the most urgent decision asks for. */
const decisionCell = (told: Told): ReactNode =>
  told === undefined || told === 'none' || !told.outcome ? null : outcomeWords[told.outcome]

type Shape = Omit<DeviceColumn, 'key' | 'head'>

/** What each column shows, and which make room first where there is too little. */
const shapes: Readonly<Record<ColumnKey, Shape>> = {
  s: { width: 110, goes: 0, folds: true, cell: ({ serial }) => serial },
  t: { width: 96, goes: 5, cell: ({ state }) => lookOf('device', state).word },
  m: { width: 110, grows: true, goes: 2, folds: true, cell: ({ manufacturer, model }) => `${manufacturer} ${model}` },
  y: { width: 80, goes: 0, folds: true, cell: ({ type }) => type },
  r: { width: 72, goes: 3, folds: true, cell: ({ hardwareRevision }) => hardwareRevision },
  b: { width: 90, goes: 1, cell: ({ bootloader }) => bootloader ?? <Faint>not known</Faint> },
  f: { width: 92, goes: 8, folds: true, cell: ({ firmware }) => firmware },
  k: { width: 118, goes: 7, cell: ({ billAssurance }) => <AssuranceMark value={billAssurance} /> },
  d: { width: 108, isRisk: true, cell: (_, now, told) => dueCell(told, now) },
  n: { className: 'num', width: 70, isRisk: true, cell: (_, __, told) => findingsCell(told) },
  o: { width: 130, isRisk: true, goes: 4, cell: (_, __, told) => decisionCell(told) },
  i: { width: 100, goes: 6, cell: ({ site }) => site ?? <Faint>no site</Faint> },
  p: { width: 110, grows: true, goes: 6, cell: placeOf },
  h: { className: 'num', width: 92, goes: 9, cell: heardCell },
}

/** The columns after the name, which the table itself shows as a link, in the order in which they are asked for. */
export const columnsFor = (keys: readonly ColumnKey[]): readonly DeviceColumn[] =>
  keys.map((key) => ({ key, head: columnNames[key], ...shapes[key] }))

/** The glyph of the state, and its word wherever it is not the usual one. */
export function StateGlyph({ state }: Pick<DeviceRow, 'state'>) {
  const { glyph, tone, word } = lookOf('device', state)
  return (
    <span className="state" title={word}>
      <Glyph name={glyph} tone={tone} />
      <span className="unseen">{word}</span>
    </span>
  )
}
