import { TextInput } from '@mantine/core'
import { useDebouncedValue } from '@mantine/hooks'
import { listDevices } from '@suture/contract/devices.ts'
import { exactly } from '@suture/contract/query/print.ts'
import { Link } from '@tanstack/react-router'
import { useState } from 'react'
import { Asked } from '../design/asked.tsx'
import { Panel } from '../design/panel.tsx'
import { useAsk } from '../shell/ask.ts'

/** Whether one device has it, and why or why not: the engine judges its bill again. */
export function AskDevice() {
  const [typed, setTyped] = useState('')
  const [text] = useDebouncedValue(typed.trim(), 250)
  const found = useAsk(
    listDevices,
    { query: { q: exactly('text', text), limit: 5 } },
    { about: 'devices', enabled: text !== '' },
  )
  return (
    <Panel title="Does a device have it?">
      <div className="stack tight">
        <TextInput
          label="Part of its name or serial"
          maxLength={200}
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
        />
        {text !== '' && (
          <Asked of={found} what="The devices">
            {({ items }) =>
              items.length === 0 ? (
                <p className="m t12">No such device, or none that you may see.</p>
              ) : (
                <ul className="links">
                  {items.map(({ id, name, manufacturer, model, firmware }) => (
                    <li key={id}>
                      <Link from="/vulnerabilities/$id" to="." search={{ on: id }} resetScroll={false} replace>
                        Why, or why not, on {name}
                      </Link>{' '}
                      <span className="f t12">
                        {manufacturer} {model} {firmware}
                      </span>
                    </li>
                  ))}
                </ul>
              )
            }
          </Asked>
        )}
      </div>
    </Panel>
  )
}
