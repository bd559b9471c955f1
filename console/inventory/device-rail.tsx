import type { UseQueryResult } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { Clock } from '../design/clock.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Pairs, Panel } from '../design/panel.tsx'
import { AssuranceMark } from '../design/status.tsx'
import { instant, span } from '../design/time.ts'
import { useMay } from '../shell/session.ts'
import { addressOf, factWord, type Said, saidOf, sourceWords, unsaidOf } from './device-said.ts'
import { DeviceUpdate } from './device-update.tsx'
import type { DeviceDetail, Finding } from './timeline.ts'

interface Given {
  readonly device: DeviceDetail
  readonly findings: UseQueryResult<{ readonly items: readonly Finding[] }, Error>
  readonly now: Date
}

/** What is next for the device, what is known of it, and where it is reached. */
export const DeviceRail = ({ device, findings, now }: Given) => (
  <aside className="stack" aria-label="About the device">
    <Next {...{ device, findings, now }} />
    <Facts device={device} now={now} />
    <Reached device={device} />
  </aside>
)

function Next({ device, findings, now }: Given) {
  const mayJobs = useMay('deployment:read')
  const first = findings.data?.items.find(({ dueAt }) => dueAt !== null)
  return (
    <Panel title="Next">
      <div className="stack next">
        {findings.isLoading && (
          <p className="f" aria-busy="true">
            Asking for the first deadline
          </p>
        )}
        {first?.dueAt && (
          <div>
            <p className="lab">First deadline</p>
            <Clock dueAt={first.dueAt} now={now} large />
            <p className="m t12">{first.vulnerability}</p>
          </div>
        )}
        {mayJobs && (
          <div>
            <p className="lab">Update</p>
            <DeviceUpdate id={device.id} />
          </div>
        )}
      </div>
    </Panel>
  )
}

function Facts({ device, now }: Pick<Given, 'device' | 'now'>) {
  const said = saidOf(device.facts)
  const unsaid = unsaidOf(device)
  return (
    <Panel title="Facts" aside="who says so, how it is known, how old" flush>
      <ul className="facts">
        {said.map((each) => (
          <FactRow key={each.name} said={each} now={now} />
        ))}
      </ul>
      {unsaid.length > 0 && <p className="pad f t12 rowline">Nobody said its {listed(unsaid)}.</p>}
    </Panel>
  )
}

const listed = (words: readonly string[]): string =>
  words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

function FactRow({ said: { name, believed, agreeing, differing }, now }: { readonly said: Said; readonly now: Date }) {
  const age = (at: Date) => span(now.getTime() - at.getTime())
  return (
    <li>
      <span className="f">{factWord(name)}</span>
      <b>{believed.value}</b>
      <span className="t12 f from">
        <AssuranceMark value={believed.assurance} />
        <span title={instant(believed.at)}>
          {sourceWords(believed.source)}, {age(believed.at)}
          {agreeing.length > 0 &&
            `; the same: ${agreeing
              .map(({ source }) => sourceWords(source))
              .join(', ')
              .toLowerCase()}`}
        </span>
      </span>
      {differing.map((other) => (
        <span key={other.source} className="t12 differs" title={instant(other.at)}>
          also said: <s>{other.value}</s>, {sourceWords(other.source).toLowerCase()}, {other.assurance}, {age(other.at)}
        </span>
      ))}
    </li>
  )
}

function Reached({ device: { identity, keys, hasToken, lastSeen } }: Pick<Given, 'device'>) {
  const pairs: (readonly [string, ReactNode])[] = [
    ['Last heard', lastSeen ? instant(lastSeen) : 'never'],
    ...keys.map(({ kind, value }) => [kind === 'serial' ? 'Serial' : 'Controller id', value] as const),
    ['Secret', hasToken ? 'its own' : 'none of its own: a gateway’s speaks for it'],
  ]
  return (
    <Panel title="How it is reached">
      <Pairs pairs={pairs} />
      <div className="identity">
        <p className="lab">Its identity is read at</p>
        {identity === null ? (
          <p>No address is confirmed, so Suture cannot read it back</p>
        ) : (
          <>
            <p className="mono">{addressOf(identity)}</p>
            <p className="st wrap">
              <Glyph
                name={identity.allowed ? 'check' : 'block'}
                size={14}
                tone={identity.allowed ? 'closed' : 'danger'}
              />
              <span>
                {identity.allowed
                  ? 'The networks of its site allow requests there'
                  : 'Outside the networks of its site: Suture sends nothing there'}
              </span>
            </p>
            <p className="f t12">
              Confirmed by {identity.confirmedBy}, {instant(identity.confirmedAt)}
            </p>
          </>
        )}
      </div>
    </Panel>
  )
}
