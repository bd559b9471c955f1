import { NativeSelect } from '@mantine/core'
import { listSites } from '@suture/contract/inventory.ts'
import { type FormEvent, useState } from 'react'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { useAsk } from '../shell/ask.ts'

interface Given {
  readonly isBusy: boolean
  readonly trouble: string | undefined
  readonly onAdmit: (site: string) => void
  readonly onClose: () => void
}

/** Asks to which site devices are let in from quarantine. */
export function AdmitDialog({ isBusy, trouble, onAdmit, onClose }: Given) {
  const sites = useAsk(listSites, { query: { limit: 500 } }, { about: 'devices' })
  const [site, setSite] = useState<string>()
  return (
    <Dialog title="Let devices in from quarantine" onClose={onClose}>
      <Asked of={sites} what="The sites">
        {({ items: [first, ...others] }) => {
          if (!first)
            return (
              <Begin title="There is no site yet" command="suture site create NAME">
                Devices are let in to a site; make it first.
              </Begin>
            )
          const chosen = site ?? first.name
          const submit = (event: FormEvent) => {
            event.preventDefault()
            onAdmit(chosen)
          }
          return (
            <form className="stack" onSubmit={submit}>
              <NativeSelect
                label="The site where they stand"
                description="Next you see which of them can be let in, and why not the others"
                value={chosen}
                data={[first, ...others].map(({ name }) => name)}
                onChange={({ currentTarget }) => setSite(currentTarget.value)}
              />
              <DialogEnd verb="Look what would happen" isBusy={isBusy} trouble={trouble} onClose={onClose} />
            </form>
          )
        }}
      </Asked>
    </Dialog>
  )
}
