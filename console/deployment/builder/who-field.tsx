import { NativeSelect } from '@mantine/core'
import { listFixes } from '@suture/contract/risk.ts'
import { Link } from '@tanstack/react-router'
import { Panel } from '../../design/panel.tsx'
import { Status } from '../../design/status.tsx'
import { QueryBar } from '../../inventory/query-bar.tsx'
import type { Listed } from '../../releases/words.ts'
import { useAsk } from '../../shell/ask.ts'
import { useMay } from '../../shell/session.ts'
import { count, releaseText } from '../words.ts'

interface WhatGiven {
  /** Those that are published. */
  readonly releases: readonly Listed[]
  readonly chosen: string | undefined
  readonly isAsked: boolean
  readonly onChange: (release: string) => void
}

/** Which release; only what is published may go anywhere. */
export function WhatField({ releases, chosen, isAsked, onChange }: WhatGiven) {
  const release = releases.find(({ id }) => id === chosen)
  const isGone = chosen !== undefined && !release
  const missing = isAsked ? 'Choose the release that the devices are to get' : undefined
  return (
    <Panel title="What">
      <div className="stack tight">
        <NativeSelect
          aria-label="Release"
          value={release?.id ?? ''}
          error={
            isGone ? 'The release of this address is not published, or no longer: choose another' : !release && missing
          }
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
        >
          {!release && <option value="">Choose a published release</option>}
          {releases.map((each) => (
            <option key={each.id} value={each.id}>
              {releaseText(each)}
            </option>
          ))}
        </NativeSelect>
        {release && <About release={release} />}
      </div>
    </Panel>
  )
}

function About({ release: { id, models, verdict } }: { readonly release: Listed }) {
  const may = useMay('risk:read')
  const fixes = useAsk(listFixes, { query: { state: 'any', release: id } }, { about: 'decisions', enabled: may })
  const fix = fixes.data?.items[0]
  return (
    <div className="t12 m stack tight">
      <p>For {models.map(({ manufacturer, model }) => `${manufacturer} ${model}`).join(', ')}.</p>
      {fix?.isJudged && (
        <p>
          {fix.closes.findings === 0
            ? 'Closes nothing that is open now.'
            : `Closes ${count(fix.closes.findings, 'finding')} (device × vulnerability) on ${count(fix.closes.devices, 'device')}.`}
        </p>
      )}
      <p className="flex">
        {verdict === null ? (
          'The lab has given no verdict.'
        ) : (
          <Status kind="lab-run" value={verdict} says={`lab: ${verdict}`} />
        )}
        <Link to="/releases/$id" params={{ id }}>
          All about the release
        </Link>
      </p>
    </div>
  )
}

interface WhoGiven {
  readonly q: string
  /** How many devices the query finds, as far as that is known. */
  readonly found: number | undefined
  readonly onChange: (q: string) => void
}

/** Which devices: a query, as in the list of devices. */
export const WhoField = ({ q, found, onChange }: WhoGiven) => (
  <Panel
    title="Who"
    aside={found === undefined ? undefined : <span aria-live="polite">{count(found, 'device')} found</span>}
  >
    <QueryBar value={q} onChange={onChange} />
    <p className="t12 m">
      {q === '' ? 'Every device that you may see. ' : ''}What the query finds when the plan is frozen is in it; nothing
      joins later.
    </p>
  </Panel>
)
