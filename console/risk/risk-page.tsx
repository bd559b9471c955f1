import { listFindings } from '@suture/contract/risk.ts'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { useAsk } from '../shell/ask.ts'
import { Page } from '../shell/page.tsx'
import { Tabs } from '../shell/tabs.tsx'
import { Clocks } from './clocks.tsx'
import { DecisionTable } from './decision-table.tsx'
import { Decisions } from './decisions.tsx'
import type { Tab } from './search.ts'
import { WhyFinding } from './why-finding.tsx'
import './risk.css'

const route = getRouteApi('/frame/risk')

const names: Readonly<Record<Tab, string>> = { decisions: 'Decisions', clocks: 'Clocks', table: 'Decision table' }
const parts: Readonly<Record<Tab, () => ReactNode>> = {
  decisions: () => <Decisions />,
  clocks: () => <Clocks />,
  table: () => <DecisionTable />,
}

/** What was decided about every finding, until when, and the table that decides. */
export function RiskPage() {
  const { tab = 'decisions', why, on } = route.useSearch()
  const navigate = useNavigate({ from: '/risk' })
  return (
    <Page title="Risk" summary={<Counts />}>
      <Tabs label="Parts of Risk" names={names} on={tab} />
      {parts[tab]()}
      {why !== undefined && on !== undefined && (
        <WhyFinding
          vulnerability={why}
          device={on}
          onClose={() =>
            void navigate({
              search: ({ why: _, on: __, ...before }) => before,
              replace: true,
              resetScroll: false,
            })
          }
        />
      )}
    </Page>
  )
}

const figure = new Intl.NumberFormat('en-GB')

/** How much there is, in one line. */
function Counts() {
  const { data } = useAsk(listFindings, { query: { limit: 1 } }, { about: 'decisions' })
  if (!data) return 'Findings are device × vulnerability, decided by the table of BOD 26-04.'
  const { findings, devices, overdue, undecided } = data.counts
  const rest = undecided > 0 ? `, ${figure.format(undecided)} wait to be decided` : ''
  return `${figure.format(findings)} findings (device × vulnerability) on ${figure.format(devices)} devices, ${figure.format(overdue)} overdue${rest}.`
}
