import type { Reply } from '@suture/contract/client.ts'
import { getDecisionTable } from '@suture/contract/risk.ts'
import { factNames, outcomeWords } from '@suture/contract/risk-words.ts'
import { Asked } from '../design/asked.tsx'
import { Keat } from '../design/keat.tsx'
import { Panel } from '../design/panel.tsx'
import { useAsk } from '../shell/ask.ts'
import { byOutcome, type TableRow } from './groups.ts'
import { keatFacts, rowOrder } from './keat-facts.ts'
import { WhyLink } from './why-link.tsx'

/** The table that decides, as people read it: what to do by when, and which combinations of facts call for it. */
export function DecisionTable() {
  const table = useAsk(getDecisionTable, {}, { about: 'decisions' })
  return (
    <Panel title="Four facts decide" aside="BOD 26-04; the least patient first" flush>
      <Asked of={table} what="The decision table">
        {(told) => (
          <>
            <Table rows={told.rows} />
            <Origin of={told} />
          </>
        )}
      </Asked>
    </Panel>
  )
}

const figure = new Intl.NumberFormat('en-GB')

const Table = ({ rows }: { readonly rows: readonly TableRow[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
  <section className="scr" tabIndex={0} aria-label="Decision table">
    <table className="rows">
      <thead>
        <tr>
          <th>Row</th>
          <th>In short</th>
          {rowOrder.map((name) => (
            <th key={name}>{factNames[name]}</th>
          ))}
          <th className="num">Findings</th>
          <th>Explained</th>
        </tr>
      </thead>
      {byOutcome(rows).map(({ outcome, rows: its, findings }) => (
        <tbody key={outcome}>
          <tr>
            <th colSpan={6} scope="rowgroup">
              Fix {outcomeWords[outcome]}
            </th>
            <th className="num">{figure.format(findings)}</th>
            <td />
          </tr>
          {its.map((row) => (
            <Row key={row.row} row={row} />
          ))}
        </tbody>
      ))}
    </table>
  </section>
)

const Row = ({ row }: { readonly row: TableRow }) => (
  <tr>
    <td className="f">{row.row}</td>
    <td>
      <Keat facts={keatFacts(row)} />
    </td>
    {rowOrder.map((name) => (
      <td key={name} className={['yes', 'total'].includes(row[name]) ? 'b' : 'f'}>
        {row[name]}
      </td>
    ))}
    <td className={row.findings > 0 ? 'num b' : 'num f'}>{figure.format(row.findings)}</td>
    <td>{row.example && <WhyLink of={row.example} about={`a finding on row ${row.row}`} />}</td>
  </tr>
)

const Origin = ({ of: { table, source, undecided } }: { readonly of: Reply<typeof getDecisionTable> }) => (
  <p className="pad f t12 rowline">
    {undecided > 0 && `${figure.format(undecided)} findings wait to be decided and stand on no row. `}A fact that nobody
    knows counts as its worse value. Where nothing is due by a day, the next upgrade is early enough. Table{' '}
    <span className="mono">{table}</span>, as{' '}
    <a href={source.url} rel="noreferrer">
      published
    </a>
    : {source.name}, as of {source.pinned}.
  </p>
)
