import { SegmentedControl } from '@mantine/core'
import { useElementSize } from '@mantine/hooks'
import { Glyph } from '../design/glyph.tsx'
import { Panel } from '../design/panel.tsx'
import { assurances } from '../design/state.ts'
import { Stitches } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import type { Stretch } from './device-filter.ts'
import { type Extent, extentOf, isWithin, lanes, type Moment, ticksOf, usualStretch } from './timeline.ts'

const names: Readonly<Record<Stretch, string>> = {
  hour: 'Hour',
  day: 'Day',
  week: 'Week',
  quarter: '90 days',
  life: 'Life',
}

interface Given {
  readonly moments: readonly Moment[]
  readonly now: Date
  readonly over: Stretch | undefined
  readonly onOver: (over: Stretch) => void
}

/** What happened to the device, drawn and in words. */
export function DeviceTimeline({ moments, now, over, onOver }: Given) {
  const stretch = over ?? usualStretch(moments, now)
  const extent = extentOf(stretch, moments, now)
  const hidden = moments.filter((each) => !isWithin(each, extent))
  const later = hidden.filter(({ at }) => at > extent.to).length
  return (
    <>
      <Panel
        title="Timeline"
        aside={
          <SegmentedControl
            size="xs"
            aria-label="How much of its time"
            value={stretch}
            onChange={(value) => onOver(value as Stretch)}
            data={Object.entries(names).map(([value, label]) => ({ value, label }))}
          />
        }
      >
        <Drawn moments={moments.filter((each) => isWithin(each, extent))} extent={extent} now={now} />
        {hidden.length > 0 && (
          <p className="f t12">
            Not in this stretch: {hidden.length - later} earlier, {later} later. The list below has all of it.
          </p>
        )}
      </Panel>
      <Panel title="The same in words" aside={`${moments.length} entries, the latest first`} flush>
        <ol className="happened">
          {moments.map((moment) => (
            <Told key={`${moment.lane} ${moment.at.getTime()} ${moment.says}`} moment={moment} now={now} />
          ))}
        </ol>
      </Panel>
    </>
  )
}

const Told = ({ moment, now }: { readonly moment: Moment; readonly now: Date }) => (
  <li>
    <span className="f nw when">{instant(moment.at)}</span>
    <span className="f lane">{moment.lane}</span>
    {moment.assurance ? <Stitches value={moment.assurance} /> : <Glyph name={moment.glyph} tone={moment.tone} />}
    <span className="what">
      {moment.says}
      {moment.lane === 'Deadlines' && moment.at > now && <span className="f"> (to come)</span>}
      <span className="m t12">
        {moment.more}
        {moment.until && ` Until ${instant(moment.until)}.`}
        {moment.until === null && ' Still so.'}
      </span>
    </span>
  </li>
)

const [left, head, laneHeight] = [76, 22, 28]

/** The lanes over one axis, as wide as there is room. */
function Drawn({ moments, extent, now }: { moments: readonly Moment[]; extent: Extent; now: Date }) {
  const { ref, width } = useElementSize()
  const height = head + lanes.length * laneHeight + 4
  const length = extent.to.getTime() - extent.from.getTime()
  const x = (at: Date) => left + ((at.getTime() - extent.from.getTime()) / length) * Math.max(0, width - left - 10)
  const inside = (at: Date) => Math.min(width - 10, Math.max(left, x(at)))
  const counted = lanes.map((lane) => `${moments.filter((each) => each.lane === lane).length} in ${lane.toLowerCase()}`)
  return (
    <div ref={ref} className="drawn">
      {width > 0 && (
        <svg
          width={width}
          height={height}
          role="img"
          aria-label={`From ${instant(extent.from)} to ${instant(extent.to)}: ${counted.join(', ')}; the list below says the same`}
        >
          {ticksOf(extent).map(({ at, says }) => (
            <g key={at.getTime()}>
              <path className="tick" d={`M${x(at)} ${head - 4}V${height}`} />
              <text x={x(at) + 3} y={12}>
                {says}
              </text>
            </g>
          ))}
          {lanes.map((lane, no) => (
            <g key={lane}>
              <path className="axis" d={`M${left} ${middleOf(no)}H${width - 10}`} />
              <text x={0} y={middleOf(no) + 4}>
                {lane}
              </text>
              {moments
                .filter((each) => each.lane === lane)
                .map((each) => (
                  <Mark key={`${each.at.getTime()} ${each.says}`} moment={each} y={middleOf(no)} {...{ now, inside }} />
                ))}
            </g>
          ))}
          <path className="now" d={`M${inside(now)} ${head - 4}V${height}`} />
        </svg>
      )}
    </div>
  )
}

const middleOf = (lane: number): number => head + lane * laneHeight + laneHeight / 2

interface MarkGiven {
  readonly moment: Moment
  readonly y: number
  readonly now: Date
  readonly inside: (at: Date) => number
}

/** A band for what has a length, dotted where only the device’s word holds it, and the glyph or its stitches. */
function Mark({ moment, y, now, inside }: MarkGiven) {
  const { at, until, tone, glyph, assurance, says } = moment
  const [from, to] = [inside(at), inside(until ?? now)]
  const stitches = assurance === undefined ? 0 : assurances[assurance].stitches
  const isBand = until !== undefined
  return (
    <g className={`c-${tone}`}>
      <title>{`${says}, ${instant(at)}`}</title>
      {isBand && (
        <path className={assurance === 'claimed' ? 'bar loose' : 'bar'} d={`M${from} ${y}H${Math.max(to, from + 2)}`} />
      )}
      {assurance === undefined ? (
        <g transform={`translate(${(isBand ? to : from) - 8} ${y - 8})`}>
          <circle className="under" cx="8" cy="8" r="8" />
          <Glyph name={glyph} />
        </g>
      ) : (
        <>
          <circle className="end" cx={from} cy={y} r="2.5" />
          {Array.from({ length: stitches }, (_, no) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a stitch is nothing but its place
            <path key={no} className="stitch" d={`M${from + 7 + no * 5} ${y - 5}v10`} />
          ))}
        </>
      )}
    </g>
  )
}
