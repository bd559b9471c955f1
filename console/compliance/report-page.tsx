import { Button, SegmentedControl } from '@mantine/core'
import { getManagementReport } from '@suture/contract/report.ts'
import type { Paper } from '@suture/contract/report-sheet.ts'
import { type ReportText, reportText } from '@suture/contract/report-words.ts'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Term } from '../design/term.tsx'
import { useAsk } from '../shell/ask.ts'
import { Page } from '../shell/page.tsx'
import { lookBacks } from './report-search.ts'
import { SheetSection } from './sheet-section.tsx'
import { useSheet } from './use-sheet.ts'
import './print.css'

const route = getRouteApi('/frame/evidence/report')

/** The management report, as it is printed. */
export function ReportPage() {
  const { days = lookBacks[0], paper = 'A4' } = route.useSearch()
  const navigate = useNavigate({ from: '/evidence/report' })
  const report = useAsk(getManagementReport, { query: { days } }, { about: 'evidence', everyMs: 60_000 })
  return (
    <Page
      title="Management report"
      above={[{ name: 'Evidence', to: '/evidence' }]}
      summary="Four figures, the next five clocks, and what they were counted from. What the browser prints is the PDF."
      actions={
        <>
          <SegmentedControl
            size="xs"
            aria-label="Look back"
            data={lookBacks.map((each) => ({ value: String(each), label: `${each} days` }))}
            value={String(days)}
            onChange={(value) =>
              void navigate({ search: (before) => ({ ...before, days: Number(value) }), replace: true })
            }
          />
          <SegmentedControl
            size="xs"
            aria-label="Paper"
            data={[
              { value: 'A4', label: 'A4' },
              { value: 'letter', label: 'Letter' },
            ]}
            value={paper}
            onChange={(value) =>
              void navigate({ search: (before) => ({ ...before, paper: value as Paper }), replace: true })
            }
          />
          <Button disabled={!report.data} onClick={() => print()}>
            Print
          </Button>
        </>
      }
    >
      <Asked of={report} what="The report">
        {(told) => <Sheet report={reportText(told)} paper={paper} />}
      </Asked>
      <div className="no-print">
        <Term commands={[`suture report management --days ${days} --html > report.html`]} />
      </div>
    </Page>
  )
}

function Sheet({ report, paper }: { readonly report: ReportText; readonly paper: Paper }) {
  useSheet(paper, report.head, report.asOf, report.foot)
  return (
    <article className="sheet">
      <h2 className="title">{report.title}</h2>
      <p>{report.summary}</p>
      <dl className="nums">
        {report.figures.map(({ name, value, note }) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd className="value">{value}</dd>
            <dd>{note}</dd>
          </div>
        ))}
      </dl>
      {report.sections.map((each) => (
        <SheetSection key={each.title} section={each} />
      ))}
      <div className="sig">
        {report.signatures.map((each) => (
          <div key={each}>{each}</div>
        ))}
      </div>
    </article>
  )
}
