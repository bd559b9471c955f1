import { ActionIcon, Button, NativeSelect } from '@mantine/core'
import type { Preset, Wave } from '@suture/contract/rollout-presets.ts'
import { Glyph } from '../../design/glyph.tsx'
import { figure } from '../words.ts'
import { Amount } from './amount.tsx'
import { PresetField } from './preset-field.tsx'

const yearSeconds = 366 * 86_400
const mostDevices = 100_000_000
const mostWaves = 64

interface Given {
  readonly waves: readonly Wave[]
  readonly from: Preset | 'own'
  /** How many devices each wave would have, once that is known. */
  readonly sizes: readonly number[] | undefined
  readonly onChange: (waves: readonly Wave[]) => void
  readonly onPreset: (preset: Preset) => void
}

/** How the rollout grows: a row for each wave. */
export function WavesField({ waves, from, sizes, onChange, onPreset }: Given) {
  const put = (at: number, wave: Wave) => onChange(waves.with(at, wave))
  const more = () => {
    const last = waves.at(-1)
    if (last) onChange([...waves.slice(0, -1), { ...last, soakSeconds: 3600 }, last])
  }
  return (
    <section className="panel" aria-label="Waves">
      <header>
        <h2>Waves</h2>
        <PresetField label="Where the waves come from" value={from} onChange={onPreset} />
      </header>
      <div className="scr">
        <table className="plan-waves">
          <thead>
            <tr>
              <th scope="col">Wave</th>
              <th scope="col">Reaches</th>
              <th scope="col">Watched for</th>
              <th scope="col">Judged from</th>
              <th scope="col" className="num">
                Devices
              </th>
              <th scope="col">
                <span className="unseen">Remove</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {waves.map((wave, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: a wave is its number
              <tr key={at}>
                <th scope="row">{at + 1}</th>
                <td>
                  <Reach name={`Wave ${at + 1}`} wave={wave} onChange={(next) => put(at, next)} />
                </td>
                <td>
                  <Amount
                    label={`Wave ${at + 1}: watched for`}
                    isInline
                    counts="time"
                    least={0}
                    most={yearSeconds}
                    value={wave.soakSeconds}
                    onChange={(soakSeconds) => put(at, { ...wave, soakSeconds })}
                  />
                </td>
                <td>
                  <Amount
                    label={`Wave ${at + 1}: judged when so many have ended`}
                    isInline
                    most={mostDevices}
                    value={wave.minimumSample}
                    onChange={(minimumSample) => put(at, { ...wave, minimumSample })}
                  />
                </td>
                <td className="num">{sizes?.[at] === undefined ? <span className="f">·</span> : figure(sizes[at])}</td>
                <td className="num">
                  {waves.length > 1 && (
                    <ActionIcon
                      variant="subtle"
                      size={26}
                      aria-label={`Remove wave ${at + 1}`}
                      onClick={() => onChange(waves.toSpliced(at, 1))}
                    >
                      <Glyph name="close" size={14} />
                    </ActionIcon>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <div className="pad rowline stack tight">
        <p className="t12 m">
          A wave opens once the one before it has ended, was watched, and stayed within the limits. Reaches count all
          waves together: 100 % is everybody.
        </p>
        {waves.length < mostWaves && (
          <Button
            variant="default"
            size="sm"
            className="fit"
            leftSection={<Glyph name="plus" size={14} />}
            onClick={more}
          >
            Add a wave
          </Button>
        )}
      </div>
    </section>
  )
}

interface ReachGiven {
  readonly name: string
  readonly wave: Wave
  readonly onChange: (wave: Wave) => void
}

function Reach({ name, wave, onChange }: ReachGiven) {
  const { soakSeconds, minimumSample } = wave
  const isEach = wave.pick === 'stratified'
  const size = isEach ? wave.perStratum : wave.percent
  const of = (each: boolean, count: number): Wave =>
    each
      ? { pick: 'stratified', perStratum: count, soakSeconds, minimumSample }
      : { pick: 'hashed', percent: Math.min(100, count), soakSeconds, minimumSample }
  return (
    <span className="reach-field">
      <Amount
        key={wave.pick}
        label={`${name}: how many`}
        isInline
        most={isEach ? mostDevices : 100}
        value={size}
        onChange={(count) => onChange(of(isEach, count))}
      />
      <NativeSelect
        aria-label={`${name}: of what`}
        value={wave.pick}
        onChange={({ currentTarget }) => onChange(of(currentTarget.value === 'stratified', size))}
      >
        <option value="stratified">per revision</option>
        <option value="hashed">% of all</option>
      </NativeSelect>
    </span>
  )
}
