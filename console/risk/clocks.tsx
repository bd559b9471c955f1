import { outcomeWords } from '@suture/contract/risk-words.ts'
import { Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Clock } from '../design/clock.tsx'
import { Empty } from '../design/faces.tsx'
import { Panel } from '../design/panel.tsx'
import { useNow } from '../shell/now.ts'
import { mostGroups, NoFinding, useGroups } from './decisions.tsx'
import { type Deadline, deadlinesOf, type Group, vulnerabilitiesText, withoutDeadline } from './groups.ts'
import { WhyLink } from './why-link.tsx'

/** The deadlines one after the other, each with what is due then. */
export function Clocks() {
  const groups = useGroups()
  return (
    <Panel title="Deadlines" aside="the next one first; each is the end of a day, UTC" flush>
      <Asked of={groups} what="The clocks">
        {({ items }) => (items.length === 0 ? <NoFinding /> : <Listed groups={items} />)}
      </Asked>
    </Panel>
  )
}

function Listed({ groups }: { readonly groups: readonly Group[] }) {
  const now = useNow()
  const deadlines = deadlinesOf(groups)
  return (
    <>
      {deadlines.length === 0 && (
        <Empty title="No clock is running" way={<Link to="/risk">Show the decisions</Link>}>
          No finding that is decided has to be fixed by a certain day. A deadline stands here once a decision has one.
        </Empty>
      )}
      <ol className="deadlines">
        {deadlines.map((each) => (
          <Due key={each.dueAt.getTime()} deadline={each} now={now} />
        ))}
      </ol>
      <Without groups={groups} />
    </>
  )
}

const figure = new Intl.NumberFormat('en-GB')
const count = (number: number, one: string) => `${figure.format(number)} ${number === 1 ? one : `${one}s`}`

const Due = ({ deadline: { dueAt, startedAt, groups }, now }: { readonly deadline: Deadline; readonly now: Date }) => (
  <li>
    <Clock dueAt={dueAt} now={now} startedAt={startedAt} large />
    <ul>
      {groups.map((group) => (
        <li key={`${group.manufacturer} ${group.model}`}>
          <div>
            <b className="b">
              {group.manufacturer} {group.model}
            </b>
            : {vulnerabilitiesText(group)}
            <div className="m t12">
              {count(group.findings, 'finding')} on {count(group.devices, 'device')}
              {group.outcome !== null && `, to be fixed ${outcomeWords[group.outcome]}`}
            </div>
          </div>
          <WhyLink of={group.example} about={`${group.example.vulnerability} on a ${group.model}`} />
        </li>
      ))}
    </ul>
  </li>
)

/** What has no deadline, and why; it is not forgotten. */
function Without({ groups }: { readonly groups: readonly Group[] }) {
  const { patient, undecided } = withoutDeadline(groups)
  const said = [
    ...(patient > 0
      ? [`${count(patient, 'finding')} without a deadline: the table says that the next upgrade is early enough.`]
      : []),
    ...(undecided > 0 ? [`${count(undecided, 'finding')} not decided yet.`] : []),
    ...(groups.length === mostGroups ? [`Only the first ${mostGroups} groups are counted here.`] : []),
  ]
  if (said.length === 0) return null
  return <p className="pad m rowline">{said.join(' ')}</p>
}
