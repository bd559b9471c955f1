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

type DeviceClock = Reply<typeof listDeviceClocks>['items'][number]

/** What is known of a device’s findings; `none` for a device that is not judged at all. */
export type Told = DeviceClock | 'none' | undefined

export interface DeviceColumn extends Fitted {
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

/** After the name, which the table itself shows as a link. */
export const deviceColumns: readonly DeviceColumn[] = [
  {
    head: 'Model',
    width: 110,
    grows: true,
    goes: 1,
    folds: true,
    cell: ({ manufacturer, model }) => `${manufacturer} ${model}`,
  },
  { head: 'Revision', width: 72, goes: 2, folds: true, cell: ({ hardwareRevision }) => hardwareRevision },
  { head: 'Firmware', width: 92, goes: 5, folds: true, cell: ({ firmware }) => firmware },
  { head: 'Known by', width: 118, goes: 4, cell: ({ billAssurance }) => <AssuranceMark value={billAssurance} /> },
  { head: 'Next deadline', width: 108, isRisk: true, cell: (_, now, told) => dueCell(told, now) },
  { head: 'Findings', className: 'num', width: 70, isRisk: true, cell: (_, __, told) => findingsCell(told) },
  { head: 'Place', width: 110, grows: true, goes: 3, cell: placeOf },
  { head: 'Last heard', className: 'num', width: 92, goes: 6, cell: heardCell },
]

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
