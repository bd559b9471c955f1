import { listFindingGroups } from '@suture/contract/risk.ts'
import { outcomeWords } from '@suture/contract/risk-words.ts'
import { Link } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Clock } from '../design/clock.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Panel } from '../design/panel.tsx'
import { instant } from '../design/time.ts'
import { ofModel } from '../inventory/device-filter.ts'
import { useAsk } from '../shell/ask.ts'
import { useNow } from '../shell/now.ts'
import { type Group, vulnerabilitiesText } from './groups.ts'
import { WhyLink } from './why-link.tsx'

/** As many groups as are asked for at once; the API gives no more. */
export const mostGroups = 200

export const useGroups = () => useAsk(listFindingGroups, { query: { limit: mostGroups } }, { about: 'decisions' })

/** What was decided, gathered by model and deadline, which is what one rollout can close. */
export function Decisions() {
  const groups = useGroups()
  return (
    <Panel title="By model and deadline" aside="the first deadline first" flush>
      <Asked of={groups} what="The decisions">
        {({ items }) => (items.length === 0 ? <NoFinding /> : <Table groups={items} />)}
      </Asked>
    </Panel>
  )
}

export const NoFinding = () => (
  <Begin title="No finding is open" command="suture feed import FILE">
    A finding appears once a bill was compared with facts about vulnerabilities. What was not compared yet is not
    counted here.
  </Begin>
)

function Table({ groups }: { readonly groups: readonly Group[] }) {
  const now = useNow()
  return (
    <div className="scr">
      <table className="top">
        <thead>
          <tr>
            <th>Deadline</th>
            <th>Model</th>
            <th>Vulnerabilities</th>
            <th>Fix</th>
            <th className="num">Findings</th>
            <th className="num">Devices</th>
            <th>Explained</th>
          </tr>
        </thead>
        <tbody>
          {groups.map((group) => (
            <Row key={`${group.manufacturer} ${group.model} ${group.dueAt?.toISOString()}`} group={group} now={now} />
          ))}
        </tbody>
      </table>
      {groups.length === mostGroups && <p className="pad f t12 rowline">These are the first {mostGroups}.</p>}
    </div>
  )
}

const figure = new Intl.NumberFormat('en-GB')

function Row({ group, now }: { readonly group: Group; readonly now: Date }) {
  const { manufacturer, model, outcome, dueAt, clockStart, findings, devices, unknown, undecided, example } = group
  return (
    <tr>
      <td className="nw">
        {dueAt ? <Clock dueAt={dueAt} now={now} startedAt={clockStart ?? undefined} /> : <span>none</span>}
        {dueAt && <div className="f t12">{instant(dueAt)}</div>}
      </td>
      <td>
        <Link to="/devices" search={ofModel(manufacturer, model)}>
          {manufacturer} {model}
        </Link>
      </td>
      <td>
        <Vulnerabilities of={group} />
      </td>
      <td className="fix">{outcome === null ? <Undecided /> : outcomeWords[outcome]}</td>
      <td className="num">
        {figure.format(findings)}
        {unknown > 0 && <div className="f t12">{figure.format(unknown)} of them nobody can tell</div>}
        {undecided > 0 && outcome !== null && <div className="f t12">{figure.format(undecided)} not decided yet</div>}
      </td>
      <td className="num">{figure.format(devices)}</td>
      <td>{outcome !== null && <WhyLink of={example} about={`${example.vulnerability} on a ${model}`} />}</td>
    </tr>
  )
}

const Undecided = () => (
  <span className="st">
    <Glyph name="queued" tone="idle" /> waits to be decided
  </span>
)

/** The worst by name, and the others on request. */
function Vulnerabilities({ of }: { readonly of: Group }) {
  if (of.vulnerabilities === 1) return of.most[0]
  const rest = of.vulnerabilities - of.most.length
  return (
    <details>
      <summary className="nw">{vulnerabilitiesText(of)}</summary>
      <ul>
        {of.most.slice(1).map((each) => (
          <li key={each}>{each}</li>
        ))}
        {rest > 0 && <li className="f">and {figure.format(rest)} more</li>}
      </ul>
    </details>
  )
}
