import { useDebouncedValue } from '@mantine/hooks'
import { deviceFields } from '@suture/contract/device-fields.ts'
import { listDeviceViews } from '@suture/contract/device-views.ts'
import { listDeviceValues } from '@suture/contract/devices.ts'
import type { Permission } from '@suture/contract/permissions.ts'
import { readQuery } from '@suture/contract/query/check.ts'
import type { Writing } from '@suture/contract/query/complete.ts'
import { isQueryProblem } from '@suture/contract/query/query.ts'
import { useQueries } from '@tanstack/react-query'
import { question, useAsk } from '../shell/ask.ts'
import { useCaller } from '../shell/session.ts'
import { fieldCalled, fieldOf, fieldsLike, fixedValues, guessed, type SuggestionGroup, valuesTold } from './suggest.ts'

/** What may follow at a place of a query, with live values and on how many of the devices that fit so far. */
export function useSuggestions(writing: Writing, isOpen: boolean): readonly SuggestionGroup[] {
  const { permissions } = useCaller()
  const may = (permission: Permission) => permissions.includes(permission)
  const [{ field: name, starts, others: rest }] = useDebouncedValue(writing, 120)
  // What nobody can read narrows nothing.
  const others = rest !== undefined && isQueryProblem(readQuery(rest, deviceFields, new Date(0))) ? undefined : rest
  const field = name === undefined ? undefined : fieldCalled(name, may)
  const asked = name === undefined ? (starts.length < 2 ? [] : guessed) : field === undefined ? [] : [field]
  const told = useQueries({
    queries: asked.map((each) =>
      question(
        listDeviceValues,
        {
          query: {
            field: each,
            starts,
            limit: name === undefined ? 3 : 10,
            ...(others === undefined ? {} : { q: others }),
          },
        },
        { about: 'devices', enabled: isOpen },
      ),
    ),
  })
  const views = useAsk(listDeviceViews, {}, { about: 'devices', enabled: isOpen })
  if (name !== undefined) {
    if (field === undefined) return []
    const live = valuesTold(told[0]?.data?.items)
    return [{ title: fieldOf(field).means, items: live.length > 0 ? live : fixedValues(fieldOf(field), starts) }]
  }
  const found = asked.flatMap((each, at) => valuesTold(told[at]?.data?.items, `${each}:`))
  const kept = (views.data?.items ?? []).filter((view) => `@${view.name}`.startsWith(starts))
  return [
    { title: 'Fields', items: fieldsLike(starts, may) },
    { title: 'Found in the fleet', items: found },
    { title: 'Views', items: kept.map((view) => ({ by: `@${view.name} `, note: view.q })) },
  ].filter(({ items }) => items.length > 0)
}
