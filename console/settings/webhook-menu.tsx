import { Button, Menu } from '@mantine/core'
import { Glyph } from '../design/glyph.tsx'
import type { Webhook, WebhookDeed } from './webhook.ts'

interface Given {
  readonly webhook: Webhook
  readonly onChange: () => void
  readonly onDo: (deed: WebhookDeed) => void
}

/** What else can be done with a webhook. */
export const WebhookMenu = ({ webhook: { name, state, dead }, onChange, onDo }: Given) => (
  <Menu position="bottom-end" withinPortal>
    <Menu.Target>
      <Button variant="default" size="sm" aria-label={`More about ${name}`}>
        <Glyph name="dots" size={14} />
      </Button>
    </Menu.Target>
    <Menu.Dropdown>
      <Menu.Item onClick={onChange}>Change</Menu.Item>
      <Menu.Item onClick={() => onDo(state === 'paused' ? 'resume' : 'pause')}>
        {state === 'paused' ? 'Resume' : 'Pause'}
      </Menu.Item>
      <Menu.Item onClick={() => onDo('rotate')}>Make a new secret</Menu.Item>
      {dead > 0 && <Menu.Item onClick={() => onDo('replay')}>Replay the dead</Menu.Item>}
      <Menu.Item onClick={() => onDo('remove')}>Remove</Menu.Item>
    </Menu.Dropdown>
  </Menu>
)
