import { getRouteApi, useNavigate } from '@tanstack/react-router'
import { Loading, Trouble } from '../design/faces.tsx'
import { instant } from '../design/time.ts'
import { WhyFinding } from '../risk/why-finding.tsx'
import { useNow } from '../shell/now.ts'
import { Page } from '../shell/page.tsx'
import { useMay } from '../shell/session.ts'
import { DecisionRow } from './decision-row.tsx'
import { type Band, bandOf, bands, type Decision, decisionsOf } from './decisions.ts'
import { useFacts } from './facts.ts'
import { FirstRun } from './first-run.tsx'
import { FirstSteps } from './first-steps.tsx'
import { NowRail } from './now-rail.tsx'
import './now.css'

const route = getRouteApi('/frame/')

/** What waits for a person, sorted by clock, then by consequence. */
export function NowPage() {
  const now = useNow()
  const { facts, counts, running, devices, hasRelease, error, retry } = useFacts(now)
  const mayBegin = useMay('inventory:write')
  const { why, on } = route.useSearch()
  const navigate = useNavigate({ from: '/' })
  if (facts === undefined || counts === undefined)
    return (
      <Page title="Now">
        <section className="panel">
          {error ? (
            <Trouble error={error} what="What waits for you" retry={retry} />
          ) : (
            <Loading what="Asking every phase what waits for a person" />
          )}
        </section>
      </Page>
    )
  const known = {
    devices,
    strangers: facts.strangers,
    hasFacts: facts.factsAt !== null,
    explained: counts.findings - counts.undecided,
    hasRelease,
  }
  if (devices === 0 && facts.strangers === 0) return <FirstRun known={known} />
  const decisions = decisionsOf(facts, now)
  return (
    <Page title={titleOf(decisions, now)} place="Now" summary={summaryOf(devices)}>
      <div className="lay">
        <div className="stack">
          {mayBegin && (
            <FirstSteps known={known} example={facts.groups.find(({ outcome }) => outcome !== null)?.example} />
          )}
          {decisions.length === 0 && <Calm />}
          {bands.map((band) => (
            <BandOf
              key={band}
              band={band}
              decisions={decisions.filter((each) => bandOf(each, now) === band)}
              now={now}
            />
          ))}
        </div>
        <NowRail groups={facts.groups} rollouts={running} counts={counts} now={now} />
      </div>
      {why && on && (
        <WhyFinding vulnerability={why} device={on} onClose={() => void navigate({ search: {}, replace: true })} />
      )}
    </Page>
  )
}

const words = ['No', 'One', 'Two', 'Three', 'Four', 'Five', 'Six', 'Seven', 'Eight', 'Nine', 'Ten', 'Eleven', 'Twelve']

function titleOf(decisions: readonly Decision[], now: Date): string {
  const urgent = decisions.filter((each) => bandOf(each, now) === 'Next 24 hours').length
  const all = `${words[decisions.length] ?? decisions.length} ${decisions.length === 1 ? 'decision' : 'decisions'}`
  return urgent === 0 ? all : `${all}, ${(words[urgent] ?? String(urgent)).toLowerCase()} within 24 hours`
}

const summaryOf = (devices: number) =>
  `Sorted by clock, then by consequence. ${devices.toLocaleString('en-GB')} devices in the inventory.`

/** A band of decisions whose clocks are of one kind. */
function BandOf({
  band,
  decisions,
  now,
}: {
  readonly band: Band
  readonly decisions: readonly Decision[]
  readonly now: Date
}) {
  if (decisions.length === 0) return null
  return (
    <section aria-label={band}>
      <div className="gh">
        <h2>{band}</h2>
        {band === 'Next 24 hours' && <span className="f t12">from {instant(now)}</span>}
      </div>
      <div className="panel">
        {decisions.map((decision) => (
          <DecisionRow key={decision.key} decision={decision} now={now} />
        ))}
      </div>
    </section>
  )
}

const Calm = () => (
  <section className="panel">
    <div className="face">
      <h2>Nothing waits for you</h2>
      <p className="m">
        No finding is open, no rollout waits for anybody, and the facts are fresh. What was not compared with known
        vulnerabilities yet is not counted here.
      </p>
    </div>
  </section>
)
