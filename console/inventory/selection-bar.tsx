import { Button } from '@mantine/core'
import { draftDeviceAction, mostNamedDevices } from '@suture/contract/device-actions.ts'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ask } from '../shell/ask.ts'
import { Caps } from '../shell/caps.tsx'
import { useMay } from '../shell/session.ts'
import { useAct } from '../shell/use-act.ts'
import { AdmitDialog } from './admit-dialog.tsx'
import { countOf, everybody, isFull, mostIds, nobody, queryOf, type Selection } from './selection.ts'

interface Given {
  readonly selection: Selection
  /** How many fit the query. */
  readonly total: number
  readonly q: string | undefined
  readonly onSelect: (next: Selection) => void
}

const figure = new Intl.NumberFormat('en-GB')

/** What can be done to the devices that are selected, and the way from those that are loaded to all that fit. */
export function SelectionBar({ selection, total, q, onSelect }: Given) {
  const navigate = useNavigate()
  const [admits, setAdmits] = useState(false)
  const { isBusy, trouble, act } = useAct()
  const mayPlan = useMay('deployment:plan')
  const count = countOf(selection, total)
  if (count === 0) return null
  const asked = queryOf(selection, q)
  const meant = selection.kind === 'all' ? { q: asked } : { devices: [...selection.ids] }
  const isTooMany = selection.kind === 'some' && count > mostNamedDevices
  const draft = (what: { readonly kind: 'retire' } | { readonly kind: 'admit'; readonly site: string }) =>
    act(async () => {
      const { id } = await ask(draftDeviceAction, { body: { ...what, ...meant } })
      await navigate({ to: '/devices/actions/$id', params: { id } })
    })
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
      <Button
        variant="default"
        size="sm"
        loading={isBusy}
        disabled={isTooMany}
        onClick={() => void draft({ kind: 'retire' })}
      >
        Retire…
      </Button>
      <Button variant="default" size="sm" disabled={isBusy || isTooMany} onClick={() => setAdmits(true)}>
        Let in…
      </Button>
      <Button variant="subtle" size="sm" rightSection={<Caps keys="Escape" />} onClick={() => onSelect(nobody)}>
        Clear
      </Button>
      {isTooMany && (
        <p className="f t12">
          Up to {figure.format(mostNamedDevices)} are named one by one: narrow the list by a query and select all that
          match.
        </p>
      )}
      {isFull(selection) && (
        <p className="f t12">No more than {mostIds} are left out by hand: say the others in the query.</p>
      )}
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
