import { listRollouts } from '@suture/contract/deployment.ts'
import { listEvents } from '@suture/contract/platform.ts'
import { Link } from '@tanstack/react-router'
import { usePersonNames } from '../deployment/use-names.ts'
import { count, short } from '../deployment/words.ts'
import { Asked } from '../design/asked.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Panel } from '../design/panel.tsx'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { useCaller, useMay } from '../shell/session.ts'
import { lifeOf, lifeOnRecord, type Moment } from './life.ts'
import type { Release } from './words.ts'

/** What happened to it; who did it, as far as whoever looks may know. */
export function Life({ release }: { readonly release: Release }) {
  const { sites } = useCaller()
  const mayRecord = useMay('platform:read-events') && sites === 'all'
  const events = useAsk(
    listEvents,
    { query: { subject: release.id, limit: 100 } },
    { about: 'releases', enabled: mayRecord },
  )
  const nameOf = usePersonNames()
  return (
    <Panel title="Life">
      {mayRecord ? (
        <Asked of={events} what="The record">
          {({ items }) => <Moments moments={lifeOnRecord(items)} />}
        </Asked>
      ) : (
        <Moments moments={lifeOf(release, nameOf)} />
      )}
    </Panel>
  )
}

const Moments = ({ moments }: { readonly moments: readonly Moment[] }) => (
  <ol className="moments">
    {moments.map(({ look: { glyph, tone }, says, at, by, reason }) => (
      <li key={`${at.toISOString()} ${says}`}>
        <Glyph name={glyph} tone={tone} />
        <div>
          <p className="b">{says}</p>
          {reason !== undefined && <p className="m">{reason}</p>}
          <p className="f t12">
            {instant(at)}
            {by !== undefined && `, ${by}`}
          </p>
        </div>
      </li>
    ))}
  </ol>
)

/** The signer’s word, verified just now. */
export const Statement = ({ of }: { readonly of: Release['statement'] }) => (
  <Panel title="Signer’s statement">
    {of === null ? (
      <p className="m t12">The signer was not asked yet. It signs only what an enrolled lab passed, byte for byte.</p>
    ) : (
      <div className="stack tight">
        {of.verifies ? (
          <Status kind="signing" value="signed" says="signed, and the signature verifies now" />
        ) : (
          <Status
            kind="signing"
            value={of.state}
            {...(of.state === 'signed' ? { says: 'signed, but nothing verifies now' } : {})}
          />
        )}
        {of.refusal && (
          <p className="m t12">
            {of.refusal.detail} <span className="mono f">{of.refusal.code}</span>
          </p>
        )}
        <p className="f t12">
          Statement (SHA-256){' '}
          <span className="mono" title={of.digest}>
            {short(of.digest)}
          </span>
        </p>
      </div>
    )}
  </Panel>
)

/** The rollouts of it that the API lists, newest first. */
export function Rollouts({ release }: { readonly release: string }) {
  const rollouts = useAsk(listRollouts, { query: { release, limit: 20 } }, { about: 'rollouts' })
  return (
    <Panel title="Its rollouts" aside={rollouts.data?.next === undefined ? undefined : 'the newest 20'} flush>
      <Asked of={rollouts} what="The rollouts">
        {({ items }) =>
          items.length === 0 ? (
            <p className="pad m t12">No rollout was planned.</p>
          ) : (
            <ul className="used">
              {items.map(({ id, name, state, devices, createdAt }) => (
                <li key={id} className="pad">
                  <Link to="/rollouts/$id" params={{ id }} className="plain b">
                    {name}
                  </Link>
                  <p>
                    <Status kind="rollout" value={state} />
                  </p>
                  <p className="f t12">
                    {count(devices, 'device')}, planned {instant(createdAt)}
                  </p>
                </li>
              ))}
            </ul>
          )
        }
      </Asked>
    </Panel>
  )
}
