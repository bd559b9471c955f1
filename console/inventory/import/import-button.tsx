import { Button } from '@mantine/core'
import { type ComponentType, type LazyExoticComponent, lazy, Suspense, useState } from 'react'
import { useMay } from '../../shell/session.ts'

interface DialogGiven {
  readonly onClose: () => void
}

interface Given {
  readonly verb: string
  readonly dialog: LazyExoticComponent<ComponentType<DialogGiven>>
  readonly isMain?: boolean
}

/** A button with its dialog, which nobody loads who does not press it; not there for whoever may not. */
function Opening({ verb, dialog: Dialog, isMain = false }: Given) {
  const [isOpen, setOpen] = useState(false)
  if (!useMay('inventory:write')) return null
  return (
    <>
      <Button size="sm" variant={isMain ? 'filled' : 'default'} onClick={() => setOpen(true)}>
        {verb}
      </Button>
      {isOpen && (
        <Suspense>
          <Dialog onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  )
}

const List = lazy(async () => ({ default: (await import('./import-dialog.tsx')).ImportDialog }))
const Bill = lazy(async () => ({ default: (await import('./bill-dialog.tsx')).BillDialog }))
const Gateway = lazy(async () => ({ default: (await import('./gateway-dialog.tsx')).GatewayDialog }))

export const ImportButton = ({ isMain = false }: Pick<Given, 'isMain'>) => (
  <Opening verb="Import a list" dialog={List} isMain={isMain} />
)
export const BillButton = () => <Opening verb="Send an SBOM" dialog={Bill} />
export const GatewayButton = () => <Opening verb="Make a gateway’s secret" dialog={Gateway} />
