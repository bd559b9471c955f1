import type { Reply } from '@suture/contract/client.ts'
import { listClusters } from '@suture/contract/deployment.ts'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { useAsk } from '../shell/ask.ts'
import { useCaller } from '../shell/session.ts'
import { Cells } from './cells.tsx'
import { Clusters } from './clusters.tsx'
import type { Rollout } from './kinds.ts'
import { type View, views } from './search.ts'
import type { Jobs } from './use-jobs.ts'
import { WaveTable } from './wave-table.tsx'

const names: Record<View, string> = { cells: 'Cells', clusters: 'Clusters', table: 'Table' }
const asides: Record<View, string> = {
  cells: 'each cell is one device, worst first',
  clusters: 'failures by cause and revision',
  table: 'what became of each revision',
}

type Told = UseQueryResult<Reply<typeof listClusters>, Error>

interface Given {
  readonly rollout: Rollout
  readonly jobs: UseQueryResult<Jobs, Error>
  readonly view: View
}

/** The waves, seen in one of three ways. */
export function WavesPanel({ rollout, jobs, view }: Given) {
  const { sites } = useCaller()
  const clusters = useAsk(
    listClusters,
    { params: { id: rollout.id } },
    { about: 'rollouts', enabled: rollout.startedAt !== null },
  )
  return (
    <section className="panel">
      <header>
        <h2>Waves</h2>
        <Views view={view} causes={clusters.data?.items.length ?? 0} />
        <span className="r f t12 ell">{asides[view]}</span>
      </header>
      {view === 'table' && <WaveTable waves={rollout.waves} />}
      {view === 'cells' && (
        <Asked of={jobs} what="The devices of the rollout">
          {(told) => <Cells rollout={rollout} jobs={told} seesAll={sites === 'all'} />}
        </Asked>
      )}
      {view === 'clusters' && <Failures rollout={rollout} clusters={clusters} />}
    </section>
  )
}

/** What failed, once it can have: nothing is asked about a rollout that nobody started. */
const Failures = ({ rollout, clusters }: Pick<Given, 'rollout'> & { readonly clusters: Told }) =>
  rollout.startedAt === null ? (
    <p className="m pad">Nobody started it, so nothing has failed.</p>
  ) : (
    <Asked of={clusters} what="The failures of the rollout">
      {({ items }) => <Clusters rollout={rollout} clusters={items} />}
    </Asked>
  )

const Views = ({ view, causes }: { readonly view: View; readonly causes: number }) => (
  <nav className="seg" aria-label="How the waves are shown">
    {views.map((each) => (
      <Link
        key={each}
        to="."
        search={each === 'cells' ? {} : { view: each }}
        replace
        className={each === view ? 'on' : ''}
        aria-current={each === view ? 'true' : undefined}
      >
        {names[each]}
        {each === 'clusters' && causes > 0 && <span className="f"> {causes}</span>}
      </Link>
    ))}
  </nav>
)
