import { Button, NativeSelect } from '@mantine/core'
import { listUsers } from '@suture/contract/auth.ts'
import { useNavigate } from '@tanstack/react-router'
import { useAsk } from '../shell/ask.ts'
import { useMay } from '../shell/session.ts'
import { type EventRecord, things } from './event-words.ts'

interface Given {
  readonly kind: string | undefined
  readonly actor: string | undefined
  /** What is on the page, for the names of actors who are no people. */
  readonly seen: readonly EventRecord[]
}

/** What of the record is shown: of which thing, by whom. */
export function RecordFilters({ kind, actor, seen }: Given) {
  const navigate = useNavigate()
  const may = useMay('platform:read-users')
  const people = useAsk(listUsers, { query: { limit: 500 } }, { about: 'people', enabled: may })
  const choose = (chosen: { readonly kind?: string | undefined; readonly actor?: string | undefined }) => {
    const given = Object.entries({ kind, actor, ...chosen }).filter(([, value]) => value)
    void navigate({ to: '/settings', search: { tab: 'record', ...Object.fromEntries(given) }, replace: true })
  }
  const actors = new Map([
    ...(people.data?.items ?? []).map(({ id, name }) => [id, name] as const),
    ...seen.map((each) => [each.actor.id, each.actor.name] as const),
    ...(actor === undefined ? [] : [[actor, nameIn(actor, people.data?.items, seen)] as const]),
  ])
  const kinds = new Set([...things, ...(kind === undefined ? [] : [kind])])
  return (
    <search className="flex filters">
      <NativeSelect
        aria-label="What it is about"
        value={kind ?? ''}
        onChange={({ currentTarget }) => choose({ kind: currentTarget.value })}
      >
        <option value="">Of everything</option>
        {[...kinds].map((each) => (
          <option key={each}>{each}</option>
        ))}
      </NativeSelect>
      <NativeSelect
        aria-label="Who did it"
        value={actor ?? ''}
        onChange={({ currentTarget }) => choose({ actor: currentTarget.value })}
      >
        <option value="">By anybody</option>
        {[...actors].map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </NativeSelect>
      {(kind ?? actor) !== undefined && (
        <Button variant="subtle" size="sm" onClick={() => choose({ kind: undefined, actor: undefined })}>
          Clear the filter
        </Button>
      )}
    </search>
  )
}

/** What an actor is called, by whatever list knows them. */
const nameIn = (
  actor: string,
  people: readonly { readonly id: string; readonly name: string }[] | undefined,
  seen: readonly EventRecord[],
): string =>
  people?.find(({ id }) => id === actor)?.name ?? seen.find((each) => each.actor.id === actor)?.actor.name ?? actor
