import { listFindings } from '@suture/contract/risk.ts'
import { getRouteApi } from '@tanstack/react-router'
import { count, figure } from '../deployment/words.ts'
import { WhyFinding } from '../risk/why-finding.tsx'
import { useAsk } from '../shell/ask.ts'
import { Page } from '../shell/page.tsx'
import { useMay } from '../shell/session.ts'
import { Tabs } from '../shell/tabs.tsx'
import { FactsAge } from './facts-age.tsx'
import { Findings } from './findings.tsx'
import { Fixes } from './fixes.tsx'
import type { Tab } from './search.ts'
import { VulnerabilityList } from './vulnerability-list.tsx'
import './intelligence.css'

const route = getRouteApi('/frame/vulnerabilities')

/** What is wrong with the fleet: what would close it, the findings one by one, and the vulnerabilities behind them. */
export function VulnerabilitiesPage() {
  const search = route.useSearch()
  const navigate = route.useNavigate()
  const mayRisk = useMay('risk:read')
  const { tab = mayRisk ? 'fixes' : 'vulnerabilities', why, on } = search
  return (
    <Page title="Vulnerabilities" summary={mayRisk && <Summary />}>
      {mayRisk && <Parts tab={tab} />}
      <FactsAge />
      {tab === 'fixes' && <Fixes state={search.state} />}
      {tab === 'findings' && <Findings />}
      {tab === 'vulnerabilities' && <VulnerabilityList all={search.all === true} cursor={search.cursor} />}
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

const useCounts = () => useAsk(listFindings, { query: { limit: 1 } }, { about: 'decisions' })

/** One line: how much is open. */
function Summary() {
  const { data, error } = useCounts()
  if (!data) return error ? 'How many findings are open is not known.' : 'Counting the findings'
  const { findings, devices, vulnerabilities, overdue } = data.counts
  if (findings === 0) return 'No finding is open.'
  return `${count(findings, 'finding')} (device × vulnerability) open on ${count(devices, 'device')}, of ${count(vulnerabilities, 'vulnerability', 'vulnerabilities')}; ${overdue === 0 ? 'none is' : overdue === 1 ? 'one is' : `${figure(overdue)} are`} overdue.`
}

/** The parts of the place, and how many findings are open. */
function Parts({ tab }: { readonly tab: Tab }) {
  const { data } = useCounts()
  const findings = data && <span className="n">{figure(data.counts.findings)}</span>
  const names = { fixes: 'Fixes', findings: <>Findings{findings}</>, vulnerabilities: 'Vulnerabilities' }
  return <Tabs label="Parts of this place" names={names} on={tab} />
}
