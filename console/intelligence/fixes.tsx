import { listRollouts } from '@suture/contract/deployment.ts'
import { listFixes } from '@suture/contract/risk.ts'
import type { ReleaseState } from '@suture/contract/states.ts'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link, useNavigate } from '@tanstack/react-router'
import { isOver } from '../deployment/actions.ts'
import type { Listed } from '../deployment/kinds.ts'
import { PlanLink } from '../deployment/plan-link.tsx'
import { count, figure, releaseText } from '../deployment/words.ts'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Choice } from '../design/choice.tsx'
import { Clock } from '../design/clock.tsx'
import { Empty } from '../design/faces.tsx'
import { Panel } from '../design/panel.tsx'
import { lookOf, Status } from '../design/status.tsx'
import { useAsk } from '../shell/ask.ts'
import { useNow } from '../shell/now.ts'
import { useMay } from '../shell/session.ts'
import type { Fix } from './kinds.ts'
import { fixStates, type PlaceSearch } from './search.ts'
import { SomeVulnerabilities } from './vulnerability-link.tsx'

type State = PlaceSearch['state']

/** The most releases that the API tells about at once. */
const most = 200

/** What each release would close, the earliest deadline first. */
export function Fixes({ state }: { readonly state: State }) {
  const navigate = useNavigate({ from: '/vulnerabilities' })
  const query = { limit: most, state: state ?? ('published' as const) }
  // What is published changes the answer too, and is no news of decisions.
  const fixes = useAsk(listFixes, { query }, { about: 'decisions', everyMs: 30_000 })
  const mayRollouts = useMay('deployment:read')
  const rollouts = useAsk(listRollouts, { query: { limit: 200 } }, { about: 'rollouts', enabled: mayRollouts })
  return (
    <>
      <search className="filters">
        <Choice
          name="Releases in this state"
          all="Published releases"
          value={state}
          choices={fixStates}
          words={(each) =>
            each === 'any' ? 'Releases in any state' : `Only: ${lookOf('release', each as ReleaseState).word}`
          }
          onChange={(chosen) =>
            void navigate({ search: chosen ? { state: chosen as State & string } : {}, replace: true })
          }
        />
      </search>
      <Panel title="What each release would close" aside="earliest deadline first" flush>
        <Asked of={fixes} what="The fixes">
          {({ items }) =>
            items.length === 0 ? (
              <Nothing state={state} />
            ) : (
              <Table fixes={items} rollouts={mayRollouts ? rollouts : undefined} />
            )
          }
        </Asked>
      </Panel>
    </>
  )
}

const Nothing = ({ state }: { readonly state: State }) =>
  state === undefined ? (
    <Begin title="No release is published" command="suture release create --help">
      A release stands here once it is published, with the findings that it would close and the first of their
      deadlines. Until then nothing can be sent to a device.
    </Begin>
  ) : (
    <Empty
      title={state === 'any' ? 'No release yet' : `No release is ${lookOf('release', state).word}`}
      way={<Link to="/vulnerabilities">Show the published ones</Link>}
    >
      A release stands here for as long as it is in the state that is asked for.
    </Empty>
  )

/** Left out for whoever may not see them. */
type Rollouts = UseQueryResult<{ readonly items: readonly Listed[] }, Error> | undefined

interface TableGiven {
  readonly fixes: readonly Fix[]
  readonly rollouts: Rollouts
}

function Table({ fixes, rollouts }: TableGiven) {
  const now = useNow()
  return (
    <div className="scr">
      <table className="top">
        <thead>
          <tr>
            <th scope="col">Release</th>
            <th scope="col">Next deadline</th>
            <th scope="col" className="num">
              Findings
            </th>
            <th scope="col" className="num">
              Devices
            </th>
            <th scope="col">Closes</th>
            <th scope="col">State</th>
            <th scope="col">On its way</th>
          </tr>
        </thead>
        <tbody>
          {fixes.map((fix) => (
            <Row key={fix.release.id} {...{ fix, now, rollouts }} />
          ))}
        </tbody>
      </table>
      {fixes.length === most && <p className="pad f t12 rowline">These are the newest {most} releases.</p>}
    </div>
  )
}

interface RowGiven {
  readonly fix: Fix
  readonly now: Date
  readonly rollouts: Rollouts
}

const Row = ({ fix, now, rollouts }: RowGiven) => (
  <tr>
    <td className="subject">
      <Link to="/releases/$id" params={{ id: fix.release.id }} className="plain b" data-row>
        {releaseText(fix.release)}
      </Link>
      <div className="f t12">{fix.models.map(({ manufacturer, model }) => `${manufacturer} ${model}`).join(', ')}</div>
    </td>
    <td>{fix.dueAt ? <Clock dueAt={fix.dueAt} now={now} /> : <span className="f">none</span>}</td>
    <td className="num">{fix.isJudged ? figure(fix.closes.findings) : <span className="f">not known</span>}</td>
    <td className="num">{fix.isJudged && figure(fix.closes.devices)}</td>
    <td className="closes">
      <Closes fix={fix} />
    </td>
    <td>
      <Status kind="release" value={fix.release.state} />
    </td>
    <td>
      <OnItsWay fix={fix} rollouts={rollouts} />
    </td>
  </tr>
)

function Closes({ fix: { isJudged, vulnerabilities, undecided } }: Pick<RowGiven, 'fix'>) {
  if (!isJudged) return <span className="f">Its own firmware was not judged yet, so nothing is told of it</span>
  return (
    <>
      {vulnerabilities.length === 0 ? (
        <span className="f">nothing that is open</span>
      ) : (
        <SomeVulnerabilities ids={vulnerabilities.map(({ id }) => id)} />
      )}
      {undecided > 0 && (
        <div className="f t12">Of {count(undecided, 'finding')} more nobody can tell: its bill says too little</div>
      )}
    </>
  )
}

/** The rollout of it that is not over; that there is none is said once that is known. */
function OnItsWay({ fix, rollouts }: Pick<RowGiven, 'fix' | 'rollouts'>) {
  if (rollouts === undefined) return <span className="f">not yours to see</span>
  if (rollouts.data === undefined)
    return rollouts.error ? (
      <span className="f">not known</span>
    ) : (
      <span className="f" aria-busy="true">
        asking
      </span>
    )
  const rollout = rollouts.data.items.find(({ release, state }) => release === fix.release.id && !isOver(state))
  if (rollout === undefined) return <NoRollout fix={fix} />
  return (
    <Link to="/rollouts/$id" params={{ id: rollout.id }}>
      {rollout.name}: {lookOf('rollout', rollout.state).word}
    </Link>
  )
}

/** Nobody sends it out; whoever may plan is led to where that is done. */
function NoRollout({ fix: { release, closes } }: Pick<RowGiven, 'fix'>) {
  const may = useMay('deployment:plan')
  if (!may || release.state !== 'published' || closes.findings === 0) return <span className="f nw">no rollout</span>
  return <PlanLink release={release.id} />
}
