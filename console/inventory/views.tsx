import { Button, Popover, TextInput } from '@mantine/core'
import { createDeviceView, listDeviceViews } from '@suture/contract/device-views.ts'
import { viewName } from '@suture/contract/query/query.ts'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { ask, useAsk } from '../shell/ask.ts'
import { useMay } from '../shell/session.ts'

/** The queries that people keep, and the one that is looked at to be kept. */
export function Views({ query }: { readonly query: string }) {
  const { data } = useAsk(listDeviceViews, {}, { about: 'devices' })
  const views = data?.items ?? []
  const mayKeep = useMay('inventory:write') && query !== '' && !query.includes('@')
  if (views.length === 0 && !mayKeep) return null
  return (
    <nav className="views" aria-label="Views">
      {views.map(({ name, q }) => (
        <Link
          key={name}
          to="/devices"
          search={{ q: `@${name}` }}
          className={query === `@${name}` ? 'on' : ''}
          title={q}
        >
          {name}
        </Link>
      ))}
      {mayKeep && <Keep query={query} />}
    </nav>
  )
}

function Keep({ query }: { readonly query: string }) {
  const [isOpen, setOpen] = useState(false)
  const [name, setName] = useState('')
  const client = useQueryClient()
  const keep = useMutation({
    mutationFn: () => ask(createDeviceView, { body: { name, q: query } }),
    onSuccess: () => {
      setOpen(false)
      setName('')
      return client.invalidateQueries({ queryKey: ['devices', listDeviceViews.id] })
    },
  })
  const wrong = name !== '' && !viewName.test(name) ? 'Small letters, digits and -' : keep.error?.message
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (viewName.test(name)) keep.mutate()
  }
  return (
    <Popover opened={isOpen} onChange={setOpen} position="bottom-start" trapFocus withinPortal>
      <Popover.Target>
        <Button variant="subtle" size="sm" leftSection={<Glyph name="plus" size={14} />} onClick={() => setOpen(true)}>
          Keep as a view
        </Button>
      </Popover.Target>
      <Popover.Dropdown>
        <form onSubmit={submit} className="keep-view">
          <TextInput
            label="How the view is called"
            description={`@${name || 'name'} in a query stands for it, for everybody`}
            value={name}
            error={wrong}
            maxLength={40}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
          />
          <Button type="submit" size="sm" disabled={!viewName.test(name)} loading={keep.isPending}>
            Keep the view
          </Button>
        </form>
      </Popover.Dropdown>
    </Popover>
  )
}
