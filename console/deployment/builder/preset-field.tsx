import { NativeSelect } from '@mantine/core'
import { type Preset, presets } from '@suture/contract/rollout-presets.ts'

const words: Readonly<Record<Preset, string>> = { careful: 'Careful', usual: 'Usual' }

interface Given {
  readonly label: string
  readonly value: Preset | 'own'
  readonly onChange: (preset: Preset) => void
}

/** Where waves or limits come from; whoever edits them has their own. */
export const PresetField = ({ label, value, onChange }: Given) => (
  <NativeSelect
    className="r"
    aria-label={label}
    value={value}
    onChange={({ currentTarget }) => onChange(currentTarget.value as Preset)}
  >
    {presets.map((each) => (
      <option key={each} value={each}>
        {words[each]}
      </option>
    ))}
    {value === 'own' && <option value="own">Own</option>}
  </NativeSelect>
)
