import { Button, CopyButton } from '@mantine/core'

interface Given {
  readonly text: string
  /** What is copied, as the middle of a button. */
  readonly what?: string
  readonly main?: boolean
}

/** Puts a text on the clipboard, and says so. */
export const Copy = ({ text, what = 'the command', main = false }: Given) => (
  <CopyButton value={text}>
    {({ copied, copy }) => (
      <Button size="sm" variant={main ? 'filled' : 'default'} onClick={copy}>
        {copied ? 'Copied' : `Copy ${what}`}
      </Button>
    )}
  </CopyButton>
)
