import type { ReactNode } from 'react'
import { Glyph, type Tone } from '../design/glyph.tsx'
import type { GlyphName } from '../design/glyph-names.ts'
import { Panel } from '../design/panel.tsx'
import { instant } from '../design/time.ts'
import type { PackView } from './pack.ts'

const short = (digest: string) => `${digest.slice(0, 8)}…${digest.slice(-4)}`

const verdicts = { passed: { glyph: 'pass' }, failed: { glyph: 'fail', tone: 'danger' } } as const

/** The chain of a pack as the pack says it, from what was seen back to who said that it may happen. */
export const Proofs = ({ pack }: { readonly pack: PackView }) => (
  <Panel title="The chain">
    <ol className="chain">
      <Link glyph="verified" title={`${pack.statement.results.devices} results, signed as one statement`}>
        Evidence key <span className="mono">{pack.signedBy.map(short).join(', ')}</span>,{' '}
        {instant(new Date(pack.statement.at))}
      </Link>
      <Link glyph="person" title={`Approved by ${pack.approvals.map(({ name }) => name).join(' and ')}`}>
        Plan <span className="mono">{short(pack.statement.plan)}</span>, {pack.plan.waves.length} waves,{' '}
        {pack.plan.audience.count} devices
      </Link>
      <Link glyph="approved" title={`${pack.release.name}, published and signed`}>
        {pack.release.artifacts.map(({ sha256 }) => (
          <span key={sha256} className="mono" title={sha256}>
            artifact {short(sha256)}
          </span>
        ))}
      </Link>
      <Link {...verdicts[pack.verdict.verdict]} title={`The lab says: ${pack.verdict.verdict}`}>
        {pack.verdict.rigs.length} rigs, {instant(new Date(pack.verdict.at))}.{' '}
        {pack.verdict.uncovered.length === 0
          ? 'Every cell of the fleet had a rig.'
          : `No rig stood for ${pack.verdict.uncovered
              .map(
                ({ model, hardwareRevision, bootloader }) =>
                  `${model} ${hardwareRevision}${bootloader ? ` with bootloader ${bootloader}` : ''}`,
              )
              .join('; ')}.`}
      </Link>
    </ol>
  </Panel>
)

interface LinkGiven {
  readonly glyph: GlyphName
  readonly tone?: Tone
  readonly title: string
  readonly children: ReactNode
}

const Link = ({ glyph, tone = 'idle', title, children }: LinkGiven) => (
  <li>
    <Glyph name={glyph} tone={tone} />
    <div>
      <h3>{title}</h3>
      <p className="m t12">{children}</p>
    </div>
  </li>
)
