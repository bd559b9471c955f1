import { Link, useNavigate } from '@tanstack/react-router'
import { useMemo, useRef, useState } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { Status } from '../design/status.tsx'
import { jobText, lookOfCell } from './cell-words.ts'
import { cellsOf, drawable, legendOf, mostCells, sizeOf, stateAt, type WaveCells } from './cells.ts'
import type { Rollout, Wave } from './kinds.ts'
import { devicePath } from './links.ts'
import type { Jobs } from './use-jobs.ts'
import { WaveCanvas } from './wave-canvas.tsx'
import { count, figure } from './words.ts'

interface Picked {
  readonly wave: number
  readonly at: number
  /** The job of the cell: the ring goes with it when the order changes. */
  readonly job: string | undefined
  readonly left: number
  readonly top: number
}

const cardWidth = 268

const placeIn = (cells: WaveCells, { at, job }: Picked): number => {
  const found = job === undefined ? -1 : cells.jobs.findIndex(({ id }) => id === job)
  return found >= 0 ? found : Math.min(at, sizeOf(cells) - 1)
}

interface Given {
  readonly rollout: Rollout
  readonly jobs: Jobs
  /** Whether whoever looks sees the devices of all sites. */
  readonly seesAll: boolean
}

/** Every device as a cell, a column for each wave. */
export function Cells({ rollout, jobs, seesAll }: Given) {
  const [picked, setPicked] = useState<Picked>()
  const box = useRef<HTMLDivElement>(null)
  const navigate = useNavigate()
  const { waves } = rollout
  const all = useMemo(() => cellsOf(waves, jobs.jobs, jobs.isAll && seesAll), [waves, jobs, seesAll])
  const drawn = useMemo(() => drawable(all), [all])
  const pick = (cells: WaveCells) => (at: number | undefined, where?: { readonly x: number; readonly y: number }) => {
    const rect = box.current?.getBoundingClientRect()
    if (at === undefined || !where || !rect) return setPicked(undefined)
    const left = Math.max(8, Math.min(where.x - rect.left, rect.width - cardWidth - 8))
    setPicked({ wave: cells.no, at, job: cells.jobs[at]?.id, left, top: where.y - rect.top + 6 })
  }
  const open = (cells: WaveCells) => (at: number) => {
    const job = cells.jobs[at]
    if (job) void navigate({ to: devicePath(job.device) })
  }
  const under = drawn.find(({ no }) => no === picked?.wave)
  return (
    <section
      ref={box}
      className="cells"
      aria-label="Devices by wave"
      onPointerLeave={() => setPicked(undefined)}
      onBlur={({ relatedTarget }) => box.current?.contains(relatedTarget) || setPicked(undefined)}
    >
      <div className="waves" style={{ gridTemplateColumns: waves.map(share).join(' ') }}>
        {drawn.map((cells, index) => (
          <div className="wave" key={cells.no}>
            <WaveHead wave={waves[index] as Wave} />
            <WaveCanvas
              cells={cells}
              at={picked?.wave === cells.no ? placeIn(cells, picked) : undefined}
              onPick={pick(cells)}
              onOpen={open(cells)}
            />
          </div>
        ))}
      </div>
      {picked && under && <Card cells={under} at={placeIn(under, picked)} left={picked.left} top={picked.top} />}
      <Legend all={all} isAll={jobs.isAll} />
    </section>
  )
}

/** A wave gets room by its devices, but the small ones enough for their head. */
const share = ({ devices }: Wave): string => `minmax(118px, ${Math.max(1, Math.round(Math.sqrt(devices)))}fr)`

const WaveHead = ({ wave }: { readonly wave: Wave }) => (
  <div className="wavehead">
    <span className="st b t12">
      <Status kind="wave" value={wave.state} says={`Wave ${wave.no}`} />
    </span>
    <span className="t16 b">{figure(wave.devices)}</span>
    <span className="f t11 ell">{wave.state.replace('-', ' ')}</span>
  </div>
)

interface CardGiven {
  readonly cells: WaveCells
  readonly at: number
  readonly left: number
  readonly top: number
}

function Card({ cells, at, left, top }: CardGiven) {
  const job = cells.jobs[at]
  const { glyph, tone, word } = lookOfCell(stateAt(cells, at))
  return (
    <div className="pop cellcard" style={{ left, top, width: cardWidth }}>
      <div className="btw">
        <span className="st b">
          <Glyph name={glyph} tone={tone} />
          {job ? <Link to={devicePath(job.device)}>{job.deviceName}</Link> : 'A device'}
        </span>
        <span className="f t12 nw">wave {cells.no}</span>
      </div>
      <p className="t12 m">
        <b className="b">{word[0]?.toUpperCase() + word.slice(1)}.</b> {job && jobText(job)}
      </p>
      {job && (
        <p className="t12 f">
          {job.manufacturer} {job.model}, revision {job.hardwareRevision}
        </p>
      )}
    </div>
  )
}

function Legend({ all, isAll }: { readonly all: readonly WaveCells[]; readonly isAll: boolean }) {
  const total = all.reduce((sum, cells) => sum + sizeOf(cells), 0)
  return (
    <div className="legend">
      {legendOf(all).map(([state, n]) => (
        <span className="st" key={state}>
          <Glyph name={lookOfCell(state).glyph} size={14} tone={lookOfCell(state).tone} />
          <span>{lookOfCell(state).word}</span>
          <b className="b">{figure(n)}</b>
        </span>
      ))}
      {(!isAll || total > mostCells) && (
        <p className="f">
          The cells show the first {count(mostCells, 'device')} of {figure(total)}; the table counts all.
        </p>
      )}
    </div>
  )
}
