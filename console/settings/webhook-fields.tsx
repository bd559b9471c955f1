import { Textarea, TextInput } from '@mantine/core'
import type { WebhookForm } from './webhook.ts'

interface Given {
  readonly value: WebhookForm
  /** What somebody typed into one of the fields. */
  readonly onType: (typed: Partial<WebhookForm>) => void
  readonly faults: Readonly<Record<string, string>>
}

/** What there is to say of a webhook: its name, where it sends, and what. */
export const WebhookFields = ({ value: { name, url, kinds }, onType, faults }: Given) => (
  <>
    <TextInput
      label="Name"
      value={name}
      onChange={({ currentTarget }) => onType({ name: currentTarget.value })}
      error={faults.name}
      autoComplete="off"
      data-autofocus
    />
    <TextInput
      label="Address"
      description="Where the receiver listens, by https"
      inputMode="url"
      value={url}
      onChange={({ currentTarget }) => onType({ url: currentTarget.value })}
      error={faults.url && 'Give the address of the receiver'}
      autoComplete="off"
    />
    <Textarea
      label="Kinds of events"
      description="As in rollout.stopped, or rollout for all of its kinds, with blanks between them. None: nothing is sent"
      value={kinds}
      onChange={({ currentTarget }) => onType({ kinds: currentTarget.value })}
      error={faults.kinds}
      autosize
      minRows={2}
    />
  </>
)
