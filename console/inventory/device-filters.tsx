import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { listModels, listSites } from '@suture/contract/inventory.ts'
import { type DeviceState, deviceStates } from '@suture/contract/states.ts'
import { useEffect, useState } from 'react'
import { Choice } from '../design/choice.tsx'
import { Glyph } from '../design/glyph.tsx'
import { useAsk } from '../shell/ask.ts'
import type { DeviceFilter } from './device-filter.ts'

interface Given {
  readonly filter: DeviceFilter
  readonly onChange: (filter: DeviceFilter) => void
}

/** What the API finds devices by: a part of a name or serial, and what it is told to be. */
export function DeviceFilters({ filter, onChange }: Given) {
  const { data: sites } = useAsk(listSites, { query: { limit: 500 } }, { about: 'devices' })
  const { data: models } = useAsk(listModels, { query: { limit: 500 } }, { about: 'devices' })
  const change = (part: { [K in keyof DeviceFilter]?: DeviceFilter[K] | undefined }) =>
    onChange(Object.fromEntries(Object.entries({ ...filter, ...part }).filter(([, value]) => value)) as DeviceFilter)
  const { manufacturer } = filter
  const fitting = (models?.items ?? []).filter(
    (each) => manufacturer === undefined || each.manufacturer === manufacturer,
  )
  return (
    <search className="filters">
      <TextFilter value={filter.text ?? ''} onChange={(text) => change({ text })} />
      <Choice
        name="Site"
        all="All sites"
        value={filter.site}
        choices={sites?.items.map(({ name }) => name) ?? []}
        onChange={(site) => change({ site })}
      />
      <Choice
        name="Manufacturer"
        all="All manufacturers"
        value={manufacturer}
        choices={models?.items.map((each) => each.manufacturer) ?? []}
        onChange={(chosen) => change({ manufacturer: chosen, model: undefined })}
      />
      <Choice
        name="Model"
        all="All models"
        value={filter.model}
        choices={fitting.map(({ name }) => name)}
        onChange={(model) => change({ model })}
      />
      <Choice
        name="State"
        all="Any state"
        value={filter.state}
        choices={deviceStates}
        onChange={(state) => change({ state: state as DeviceState | undefined })}
      />
    </search>
  )
}

/** Typed text is taken over when the typing rests, and given up when the address says otherwise. */
function TextFilter({ value, onChange }: { readonly value: string; readonly onChange: (text: string) => void }) {
  const [typed, setTyped] = useState(value)
  const tell = useDebouncedCallback(onChange, 250)
  useEffect(() => setTyped(value), [value])
  return (
    <TextInput
      className="text"
      aria-label="Part of a name or serial"
      placeholder="Part of a name or serial"
      leftSection={<Glyph name="search" size={14} />}
      maxLength={200}
      value={typed}
      onChange={({ currentTarget }) => {
        setTyped(currentTarget.value)
        tell(currentTarget.value.trim())
      }}
    />
  )
}
