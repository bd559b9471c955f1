import type { Reply } from '@suture/contract/client.ts'
import type { listFixes } from '@suture/contract/risk.ts'
import type { UseQueryResult } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { count, figure } from '../deployment/words.ts'
import { Asked } from '../design/asked.tsx'
import { Clock } from '../design/clock.tsx'
import { Panel } from '../design/panel.tsx'
import type { Fix } from '../intelligence/kinds.ts'
import { VulnerabilityLink } from '../intelligence/vulnerability-link.tsx'
import { useNow } from '../shell/now.ts'

/** What the release would close of what is open now. */
export const Closes = ({ of }: { readonly of: UseQueryResult<Reply<typeof listFixes>, Error> }) => (
  <Panel title="What it would close" aside={of.data && asideOf(of.data.items[0])} flush>
    <Asked of={of} what="What it would close">
      {({ items: [fix] }) => (fix ? <Told fix={fix} /> : <p className="pad m">Nothing is told of it.</p>)}
    </Asked>
  </Panel>
)

const asideOf = (fix: Fix | undefined): string | undefined =>
  fix?.isJudged && fix.closes.findings > 0
    ? `${count(fix.closes.findings, 'finding')} (device × vulnerability) on ${count(fix.closes.devices, 'device')}`
    : undefined

function Told({ fix: { isJudged, vulnerabilities, undecided } }: { readonly fix: Fix }) {
  const now = useNow()
  if (!isJudged)
    return <p className="pad m">Its own firmware was not compared with what is known yet, so nothing is told of it.</p>
  return (
    <>
      {vulnerabilities.length === 0 ? (
        <p className="pad m">Nothing that is open: no finding on a device that it is for ends with it.</p>
      ) : (
        <div className="scr">
          <table>
            <thead>
              <tr>
                <th scope="col">Vulnerability</th>
                <th scope="col" className="num">
                  Findings
                </th>
                <th scope="col">Next deadline</th>
                <th scope="col">
                  <span className="unseen">The findings</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {vulnerabilities.map(({ id, findings, dueAt }) => (
                <tr key={id}>
                  <td>
                    <VulnerabilityLink id={id} />
                  </td>
                  <td className="num">{figure(findings)}</td>
                  <td>{dueAt ? <Clock dueAt={dueAt} now={now} /> : <span className="f">none</span>}</td>
                  <td className="num nw">
                    <Link to="/vulnerabilities" search={{ tab: 'findings', vulnerability: id }}>
                      All its findings
                    </Link>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {undecided > 0 && (
        <p className="pad f t12 rowline">
          Of {count(undecided, 'finding')} more nobody can tell: the bill of the release says too little.
        </p>
      )}
    </>
  )
}
