import { getRelease } from '@suture/contract/releases.ts'
import { listFixes } from '@suture/contract/risk.ts'
import { getRouteApi } from '@tanstack/react-router'
import { PlanLink } from '../deployment/plan-link.tsx'
import { count, releaseText } from '../deployment/words.ts'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { NotThere } from '../shell/not-there.tsx'
import { Page } from '../shell/page.tsx'
import { useMay } from '../shell/session.ts'
import { Artifacts, Targets } from './artifacts.tsx'
import { Closes } from './closes.tsx'
import { LabPanel } from './lab-panel.tsx'
import { Life, Rollouts, Statement } from './release-rail.tsx'
import { type Release, size } from './words.ts'
import './releases.css'

const route = getRouteApi('/frame/releases/$id')
const list = { name: 'Releases', to: '/releases' }

/** One release: what goes where, who vouches for it, what the lab found, what it would close, and where it goes. */
export function ReleasePage() {
  const { id } = route.useParams()
  const release = useAsk(getRelease, { params: { id } }, { about: 'releases' })
  return release.data ? <One key={id} release={release.data} /> : <NotThere of={release} thing="release" list={list} />
}

function One({ release }: { readonly release: Release }) {
  const { id, state, targets, artifacts } = release
  const { run } = route.useSearch()
  const [mayRisk, mayLab] = [useMay('risk:read'), useMay('lab:read')]
  const mayRollouts = useMay('deployment:read')
  const fixes = useAsk(listFixes, { query: { state: 'any', release: id } }, { about: 'decisions', enabled: mayRisk })
  return (
    <Page
      title={releaseText(release)}
      above={[list]}
      pills={<Status kind="release" value={state} pill />}
      summary={summaryOf(release)}
      actions={state === 'published' && <PlanLink release={id} main />}
    >
      <div className="lay">
        <div className="stack">
          {mayRisk && <Closes of={fixes} />}
          {mayLab && <LabPanel release={release} run={run} />}
          <Targets targets={targets} artifacts={artifacts} />
          <Artifacts artifacts={artifacts} />
        </div>
        <aside className="stack" aria-label="About this release">
          <Life release={release} />
          <Statement of={release.statement} />
          {mayRollouts && <Rollouts release={id} />}
        </aside>
      </div>
    </Page>
  )
}

function summaryOf({ version, targets, artifacts, createdAt }: Release): string {
  const models = [...new Set(targets.map(({ manufacturer, model }) => `${manufacturer} ${model}`))]
  const bytes = artifacts.reduce((sum, { length }) => sum + length, 0)
  return `Version ${version} for ${models.join(', ')}: ${count(artifacts.length, 'artifact')}, ${size(bytes)}. Made ${instant(createdAt)}.`
}
