import { Button } from '@mantine/core'
import type { Reply } from '@suture/contract/client.ts'
import { listEvidence, packEvidence } from '@suture/contract/compliance.ts'
import { listRollouts } from '@suture/contract/deployment.ts'
import { useMutation } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Panel } from '../design/panel.tsx'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { ask, queries, useAsk } from '../shell/ask.ts'
import { Page } from '../shell/page.tsx'
import { useMay } from '../shell/session.ts'
import { reasonOf } from '../shell/sign-in.tsx'

type Evidence = Reply<typeof listEvidence>['items'][number]
type Rollout = Reply<typeof listRollouts>['items'][number]

/** What was proven, and what could be. */
export function EvidenceList() {
  const packed = useAsk(listEvidence, { query: { limit: 200 } }, { about: 'evidence' })
  const rollouts = useAsk(listRollouts, { query: { limit: 200 } }, { about: 'rollouts' })
  const nameOf = new Map(rollouts.data?.items.map(({ id, name }) => [id, name]))
  return (
    <Page
      title="Evidence"
      summary="One signed pack for each rollout that is over: the plan, who approved it, what the lab said, and what became of every device. It is verified without this server."
      actions={
        <>
          <Button component={Link} to="/evidence/verify" variant="default">
            Verify a pack
          </Button>
          <Button component={Link} to="/evidence/report" variant="default">
            Management report
          </Button>
        </>
      }
    >
      <div className="stack">
        <Panel title="Packs" flush>
          <Asked of={packed} what="The evidence">
            {({ items }) =>
              items.length === 0 ? (
                <Begin title="No evidence was packed yet" command="suture evidence pack ROLLOUT">
                  A rollout that was started and is over can be packed: below, or from a terminal.
                </Begin>
              ) : (
                <Packs items={items} nameOf={nameOf} />
              )
            }
          </Asked>
        </Panel>
        {packed.data && rollouts.data && <Unpacked packed={packed.data.items} rollouts={rollouts.data.items} />}
        {packed.data?.next !== undefined && <p className="f">Older packs than these are listed by the command line.</p>}
      </div>
    </Page>
  )
}

const Packs = ({
  items,
  nameOf,
}: {
  readonly items: readonly Evidence[]
  readonly nameOf: ReadonlyMap<string, string>
}) => (
  <div className="scr">
    <table>
      <thead>
        <tr>
          <th>Rollout</th>
          <th>State</th>
          <th>Statement (SHA-256)</th>
          <th>Packed</th>
          <th>By</th>
        </tr>
      </thead>
      <tbody>
        {items.map(({ id, rollout, state, refusal, digest, createdAt, createdBy }) => (
          <tr key={id}>
            <td>
              <Link to="/evidence/$id" params={{ id }} className="plain b" data-row>
                {nameOf.get(rollout) ?? rollout}
              </Link>
            </td>
            <td>
              <Status kind="signing" value={state} {...(refusal ? { says: `refused: ${refusal}` } : {})} />
            </td>
            <td className="mono" title={digest}>
              {digest.slice(0, 12)}…{digest.slice(-4)}
            </td>
            <td className="nw">{instant(createdAt)}</td>
            <td>{createdBy}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

const over = new Set(['finished', 'stopped', 'expired'])

/** Rollouts that are over and that nobody has packed. */
function Unpacked({
  packed,
  rollouts,
}: {
  readonly packed: readonly Evidence[]
  readonly rollouts: readonly Rollout[]
}) {
  const may = useMay('compliance:pack')
  const pack = useMutation({
    mutationFn: (rollout: string) => ask(packEvidence, { params: { rollout } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['evidence'] }),
  })
  const done = new Set(packed.map(({ rollout }) => rollout))
  const left = rollouts.filter(({ id, state, startedAt }) => over.has(state) && startedAt !== null && !done.has(id))
  if (left.length === 0) return null
  return (
    <Panel
      title="Over, and not packed yet"
      aside={may ? undefined : 'Packing needs an operator, an auditor or an admin'}
      flush
    >
      {pack.error && (
        <div className="call c-danger" role="alert">
          {reasonOf(pack.error)}
        </div>
      )}
      <table>
        <tbody>
          {left.map(({ id, name, state, devices }) => (
            <tr key={id}>
              <td className="b">{name}</td>
              <td>
                <Status kind="rollout" value={state} />
              </td>
              <td className="num">{devices} devices</td>
              <td className="num">
                {may && (
                  <Button
                    variant="default"
                    size="sm"
                    loading={pack.isPending && pack.variables === id}
                    onClick={() => pack.mutate(id)}
                  >
                    Pack and sign
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Panel>
  )
}
