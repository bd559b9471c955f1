import { NativeSelect } from '@mantine/core'
import type { Limits, Preset } from '@suture/contract/rollout-presets.ts'
import { Amount } from './amount.tsx'
import { writeLength } from './length.ts'
import { PresetField } from './preset-field.tsx'

interface Given {
  readonly limits: Limits
  readonly from: Preset | 'own'
  readonly onChange: (limits: Limits) => void
  readonly onPreset: (preset: Preset) => void
}

/** What stops the rollout, in words and then in figures. */
export function LimitsField({ limits, from, onChange, onPreset }: Given) {
  const { silenceSeconds, maxFailurePercent, perRevision } = limits
  const change = (part: Partial<Limits>) => onChange({ ...limits, ...part })
  const ofRevision = (part: Partial<Limits['perRevision']>) => change({ perRevision: { ...perRevision, ...part } })
  return (
    <section className="panel" aria-label="Limits">
      <header>
        <h2>Stops itself when</h2>
        <PresetField label="Where the limits come from" value={from} onChange={onPreset} />
      </header>
      <div className="pad stack tight">
        <p className="t12 m">
          More than {maxFailurePercent} % of a wave fail: the rollout stops. More than {perRevision.maxFailurePercent} %
          of a revision fail:{' '}
          {perRevision.beyond === 'stop' ? 'the rollout stops' : 'that revision is left alone and the others go on'}.
          {` ${writeLength(silenceSeconds)} `}without a word is failure.
        </p>
        <div className="amounts">
          <Amount
            label="Of a wave, at most"
            unit="%"
            least={0}
            most={99}
            value={maxFailurePercent}
            onChange={(percent) => change({ maxFailurePercent: percent })}
          />
          <Amount
            label="Of a revision, at most"
            unit="%"
            least={0}
            most={99}
            value={perRevision.maxFailurePercent}
            onChange={(percent) => ofRevision({ maxFailurePercent: percent })}
          />
          <Amount
            label="Judged from, devices"
            most={100_000_000}
            value={perRevision.minimumSample}
            onChange={(minimumSample) => ofRevision({ minimumSample })}
          />
          <Amount
            label="Silence that is failure"
            counts="time"
            most={366 * 86_400}
            value={silenceSeconds}
            onChange={(seconds) => change({ silenceSeconds: seconds })}
          />
          <NativeSelect
            label="A revision beyond its limit"
            value={perRevision.beyond}
            onChange={({ currentTarget }) =>
              ofRevision({ beyond: currentTarget.value === 'stop' ? 'stop' : 'quarantine' })
            }
          >
            <option value="quarantine">is quarantined</option>
            <option value="stop">stops the rollout</option>
          </NativeSelect>
        </div>
      </div>
    </section>
  )
}
