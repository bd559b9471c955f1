import { Button, Menu } from '@mantine/core'
import { useClipboard } from '@mantine/hooks'
import { createRollout } from '@suture/contract/deployment.ts'
import { apiBase } from '@suture/contract/endpoint.ts'
import { commandFor } from '../plan-command.ts'
import type { Body } from './draft.ts'

/** The same plan elsewhere: in the command line, which says what it would come to or freezes it, and over the API. */
const waysToPlan = (body: Body) => [
  { name: 'as a command that says what it would come to', text: commandFor('plan', body) },
  { name: 'as a command that freezes it', text: commandFor('create', body) },
  {
    name: 'as a request',
    text: `${createRollout.method} ${apiBase}${createRollout.path}\n${JSON.stringify(body, undefined, 2)}`,
  },
]

export function CopyPlan({ body }: { readonly body: Body }) {
  const clipboard = useClipboard({ timeout: 1500 })
  return (
    <Menu position="bottom-end" withinPortal>
      <Menu.Target>
        <Button variant="default">{clipboard.copied ? 'Copied' : 'Copy'}</Button>
      </Menu.Target>
      <Menu.Dropdown>
        {waysToPlan(body).map(({ name, text }) => (
          <Menu.Item key={name} onClick={() => clipboard.copy(text)}>
            Copy {name}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  )
}
