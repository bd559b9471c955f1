import { NativeSelect, TextInput } from '@mantine/core'
import { getBillImport, importBill } from '@suture/contract/bills.ts'
import { devicesInWords } from '@suture/contract/device-action-words.ts'
import { listDevices } from '@suture/contract/devices.ts'
import { listModels } from '@suture/contract/inventory.ts'
import type { BillImportState } from '@suture/contract/states.ts'
import { type FormEvent, useState } from 'react'
import { Asked } from '../../design/asked.tsx'
import { Begin } from '../../design/begin.tsx'
import { Dialog } from '../../design/dialog.tsx'
import { DialogEnd } from '../../design/dialog-end.tsx'
import { FileField } from '../../design/file-field.tsx'
import { ask, useAsk } from '../../shell/ask.ts'
import { useAct } from '../../shell/use-act.ts'
import { ofModel } from '../device-filter.ts'

/** Sends the SBOM of a firmware version, and follows it to its end. */
export function BillDialog({ onClose }: { readonly onClose: () => void }) {
  const models = useAsk(listModels, { query: { limit: 500 } }, { about: 'devices' })
  const [sent, setSent] = useState<string>()
  return (
    <Dialog title="Say what a firmware is made of" onClose={onClose}>
      {sent !== undefined ? (
        <Followed id={sent} />
      ) : (
        <Asked of={models} what="The models">
          {({ items }) =>
            items[0] ? (
              <Sending models={items} first={items[0]} onSent={setSent} onClose={onClose} />
            ) : (
              <Begin title="No model is known yet" command="suture device import FILE.csv">
                Importing a device makes its model known; then its firmware can be told from others.
              </Begin>
            )
          }
        </Asked>
      )}
    </Dialog>
  )
}

interface Model {
  readonly manufacturer: string
  readonly name: string
}

interface Given {
  readonly models: readonly Model[]
  readonly first: Model
  readonly onSent: (id: string) => void
  readonly onClose: () => void
}

function Sending({ models, first, onSent, onClose }: Given) {
  const [no, setNo] = useState(0)
  const { manufacturer, name } = models[no] ?? first
  const [typed, setTyped] = useState<string>()
  const [file, setFile] = useState<File>()
  const { isBusy, trouble, act } = useAct()
  const one = useAsk(listDevices, { query: { ...ofModel(manufacturer, name), limit: 1 } }, { about: 'devices' })
  const firmware = typed ?? one.data?.items[0]?.firmware ?? ''
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (!file || firmware === '') return
    void act(async () => {
      const { id } = await ask(importBill, { query: { manufacturer, model: name, firmware }, bytes: file })
      onSent(id)
    })
  }
  return (
    <form className="stack" onSubmit={submit}>
      <NativeSelect
        label="Model"
        value={no}
        data={models.map((each, at) => ({ value: String(at), label: `${each.manufacturer} ${each.name}` }))}
        onChange={({ currentTarget }) => {
          setNo(Number(currentTarget.value))
          setTyped(undefined)
        }}
      />
      <TextInput
        label="Version of its firmware"
        description="Every device of the model that runs it gets this bill"
        value={firmware}
        onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        required
      />
      <FileField label="The SBOM" accept=".json,application/json" onFile={setFile}>
        CycloneDX JSON, 1.4 to 1.6. It is read on the server, in a process of its own, and sent nowhere else.
      </FileField>
      {file && <DialogEnd verb="Send the SBOM" isBusy={isBusy} trouble={trouble} onClose={onClose} />}
    </form>
  )
}

const going: Partial<Record<BillImportState, string>> = {
  waiting: 'It waits for its turn.',
  reading: 'It is being read.',
  storing: 'Its components are being stored.',
}

/** How far an SBOM is; it goes on without anybody who looks. */
function Followed({ id }: { readonly id: string }) {
  const asked = useAsk(getBillImport, { params: { id } }, { about: 'devices', everyMs: 500 })
  return (
    <Asked of={asked} what="The SBOM">
      {({ state, components, devices, refusal }) => {
        if (refusal || state === 'given-up')
          return (
            <p className="call c-danger" role="alert">
              It became no bill, and nothing was changed. {refusal?.detail}{' '}
              <span className="mono">{refusal?.code ?? 'given up; the server’s log says why'}</span>
            </p>
          )
        return (
          <p className="call" role="status">
            {going[state] ??
              `${components} components, the firmware itself included. ${devicesInWords(devices ?? 0)} got this bill.`}
          </p>
        )
      }}
    </Asked>
  )
}
