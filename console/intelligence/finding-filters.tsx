import { TextInput } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { listModels, listSites } from '@suture/contract/inventory.ts'
import { useEffect, useState } from 'react'
import { Choice } from '../design/choice.tsx'
import { Glyph } from '../design/glyph.tsx'
import { useAsk } from '../shell/ask.ts'
import { useMay } from '../shell/session.ts'
import { type FindingFilter, filterOf, isVulnerabilityId } from './search.ts'

interface Given {
  readonly filter: FindingFilter
  readonly onChange: (filter: FindingFilter) => void
}

/** What the API finds findings by: the vulnerability, the model, and where the device stands. */
export function FindingFilters({ filter, onChange }: Given) {
  const enabled = useMay('inventory:read')
  const { data: sites } = useAsk(listSites, { query: { limit: 500 } }, { about: 'devices', enabled })
  const { data: models } = useAsk(listModels, { query: { limit: 500 } }, { about: 'devices', enabled })
  const change = (part: { readonly [K in keyof FindingFilter]: FindingFilter[K] | undefined }) =>
    onChange(filterOf({ ...filter, ...part } as FindingFilter))
  const kinds = (models?.items ?? []).map(({ manufacturer, name: model }) => ({ manufacturer, model }))
  return (
    <search className="filters">
      <IdFilter value={filter.vulnerability ?? ''} onChange={(vulnerability) => change({ vulnerability })} />
      <Choice
        name="Model"
        all="All models"
        value={filter.model === undefined ? undefined : kindText(filter)}
        choices={kinds.map(kindText)}
        onChange={(chosen) =>
          change(kinds.find((each) => kindText(each) === chosen) ?? { manufacturer: undefined, model: undefined })
        }
      />
      <Choice
        name="Site"
        all="All sites"
        value={filter.site?.toString()}
        choices={sites?.items.map(({ id }) => String(id)) ?? []}
        words={(chosen) => sites?.items.find(({ id }) => String(id) === chosen)?.name ?? `Site ${chosen}`}
        onChange={(chosen) => change({ site: chosen === undefined ? undefined : Number(chosen) })}
      />
    </search>
  )
}

const kindText = ({ manufacturer, model }: FindingFilter): string => [manufacturer, model].filter(Boolean).join(' ')

/** An id counts once it is whole; half of one is a mistake only when somebody leaves it so. */
function IdFilter({
  value,
  onChange,
}: {
  readonly value: string
  readonly onChange: (id: string | undefined) => void
}) {
  const [typed, setTyped] = useState(value)
  const [isLeft, setLeft] = useState(false)
  const tell = useDebouncedCallback(onChange, 250)
  useEffect(() => setTyped(value), [value])
  const isWhole = typed === '' || isVulnerabilityId(typed)
  return (
    <TextInput
      className="text"
      aria-label="Vulnerability"
      placeholder="CVE-2023-6448"
      leftSection={<Glyph name="search" size={14} />}
      maxLength={28}
      value={typed}
      error={isLeft && !isWhole && 'An id has a year and a number, such as CVE-2023-6448'}
      onBlur={() => setLeft(true)}
      onFocus={() => setLeft(false)}
      onChange={({ currentTarget }) => {
        const text = currentTarget.value.trim().toUpperCase()
        setTyped(text)
        if (text === '' || isVulnerabilityId(text)) tell(text === '' ? undefined : text)
      }}
    />
  )
}
