import { Button } from '@mantine/core'
import { draftDeviceAction } from '@suture/contract/device-actions.ts'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ask } from '../shell/ask.ts'
import { Caps } from '../shell/caps.tsx'
import { useMay } from '../shell/session.ts'
import { useAct } from '../shell/use-act.ts'
import { AdmitDialog } from './admit-dialog.tsx'
import { countOf, everybody, nobody, type Selection } from './selection.ts'

interface Given {
  readonly selection: Selection
  /** How many fit the query. */
  readonly total: number
  readonly q: string | undefined
  readonly onSelect: (next: Selection) => void
}

const figure = new Intl.NumberFormat('en-GB')

/** Every device, as a query says it. */
const all = 'name:*'

/** As many ids as an address holds together with the rest. */
const mostInAddress = 40

/** The query that means the selected devices; undefined where it would be too long. */
function queryOf(selection: Selection, q: string | undefined): string | undefined {
  if (selection.kind === 'all') return q ?? all
  return selection.ids.size <= mostInAddress ? `id:(${[...selection.ids].join(',')})` : undefined
}

/** What can be done to the devices that are selected, and the way from those that are loaded to all that fit. */
export function SelectionBar({ selection, total, q, onSelect }: Given) {
  const navigate = useNavigate()
  const [admits, setAdmits] = useState(false)
  const { isBusy, trouble, act } = useAct()
  const mayPlan = useMay('deployment:plan')
  const count = countOf(selection, total)
  if (count === 0) return null
  const meant = selection.kind === 'all' ? { q: q ?? all } : { devices: [...selection.ids] }
  const draft = (what: { readonly kind: 'retire' } | { readonly kind: 'admit'; readonly site: string }) =>
    act(async () => {
      const { id } = await ask(draftDeviceAction, { body: { ...what, ...meant } })
      await navigate({ to: '/devices/actions/$id', params: { id } })
    })
  const asked = queryOf(selection, q)
  return (
    <section className="pop bulk" aria-label="What is selected">
      <span className="b" role="status">
        {figure.format(count)} selected
      </span>
      {selection.kind === 'some' && count < total && (
        <Button variant="subtle" size="sm" onClick={() => onSelect(everybody)}>
          Select all {figure.format(total)} that match
        </Button>
      )}
      {mayPlan && asked !== undefined && (
        <Button component="a" size="sm" href={`/rollouts/new?q=${encodeURIComponent(asked)}`}>
          Plan a rollout
        </Button>
      )}
      <Button variant="default" size="sm" loading={isBusy} onClick={() => void draft({ kind: 'retire' })}>
        Retire…
      </Button>
      <Button variant="default" size="sm" disabled={isBusy} onClick={() => setAdmits(true)}>
        Let in…
      </Button>
      <Button variant="subtle" size="sm" rightSection={<Caps keys="Escape" />} onClick={() => onSelect(nobody)}>
        Clear
      </Button>
      {trouble !== undefined && (
        <p className="call c-danger" role="alert">
          {trouble}
        </p>
      )}
      {admits && (
        <AdmitDialog
          isBusy={isBusy}
          trouble={trouble}
          onAdmit={(site) => void draft({ kind: 'admit', site })}
          onClose={() => setAdmits(false)}
        />
      )}
    </section>
  )
}
