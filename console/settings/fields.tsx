import { listSites } from '@suture/contract/inventory.ts'
import type { ReactNode } from 'react'
import { useAsk } from '../shell/ask.ts'
import { useCaller } from '../shell/session.ts'
import type { Sites } from './sites.ts'

interface Choice<T> {
  readonly value: T
  readonly label: ReactNode
  /** What the choice means, in a line below. */
  readonly says?: string
}

interface TicksGiven<T> {
  readonly legend: string
  readonly choices: readonly Choice<T>[]
  readonly value: readonly T[]
  readonly onChange: (value: readonly T[]) => void
}

/** Any number of choices, in the order in which they are offered. */
export const Ticks = <T extends string | number>({ legend, choices, value, onChange }: TicksGiven<T>) => (
  <fieldset className="ticks">
    <legend>{legend}</legend>
    {choices.map((each) => (
      <label key={each.value} className="tick">
        <input
          type="checkbox"
          checked={value.includes(each.value)}
          onChange={({ currentTarget: { checked } }) =>
            onChange(
              choices.map((one) => one.value).filter((one) => (one === each.value ? checked : value.includes(one))),
            )
          }
        />
        <span>
          {each.label}
          {each.says !== undefined && <span className="f t12 says">{each.says}</span>}
        </span>
      </label>
    ))}
  </fieldset>
)

interface SitesGiven {
  readonly value: Sites
  readonly onChange: (value: Sites) => void
}

/** All sites, or some: nobody gives away one that they may not see themselves. */
export function SitesField({ value, onChange }: SitesGiven) {
  const { sites: own } = useCaller()
  const { data } = useAsk(listSites, { query: { limit: 500 } }, { about: 'devices' })
  const known = (data?.items ?? []).map(({ id, name }) => ({ value: id, label: name }))
  const named = new Set(known.map((each) => each.value))
  // A site that is held and not listed any more is not to be taken away unseen.
  const others = (value === 'all' ? [] : value).filter((id) => !named.has(id))
  const choices = [...known, ...others.map((id) => ({ value: id, label: `Site ${id}` }))]
  return (
    <>
      <fieldset className="ticks">
        <legend>Sites</legend>
        <label className="tick">
          <input
            type="radio"
            name="sites"
            checked={value === 'all'}
            disabled={own !== 'all'}
            onChange={() => onChange('all')}
          />
          <span>
            All sites, and those to come
            {own !== 'all' && <span className="f t12 says">You are limited to some sites yourself.</span>}
          </span>
        </label>
        <label className="tick">
          <input type="radio" name="sites" checked={value !== 'all'} onChange={() => onChange([])} />
          <span>Only some</span>
        </label>
      </fieldset>
      {value !== 'all' && (
        <Ticks legend="Which" choices={choices} value={value} onChange={(chosen) => onChange([...chosen])} />
      )}
      {value !== 'all' && value.length === 0 && <p className="f t12">With no site chosen, no device is seen.</p>}
    </>
  )
}
