import { Button } from '@mantine/core'

interface Given {
  /** What the button does; the button is the verb. */
  readonly verb: string
  readonly isBusy: boolean
  /** Why it was refused the last time. */
  readonly trouble: string | undefined
  readonly isDestructive?: boolean
  /** Not given inside of a form, which the button then sends. */
  readonly onDo?: () => void
  readonly onClose: () => void
}

/** The end of a dialog: what was refused, the verb, and the way back. */
export const DialogEnd = ({ verb, isBusy, trouble, isDestructive, onDo, onClose }: Given) => (
  <>
    {trouble !== undefined && (
      <p className="call c-danger" role="alert">
        {trouble}
      </p>
    )}
    <div className="flex ends">
      <Button
        type={onDo ? 'button' : 'submit'}
        loading={isBusy}
        {...(isDestructive ? { variant: 'default', className: 'grave' } : {})}
        {...(onDo ? { onClick: onDo } : {})}
      >
        {verb}
      </Button>
      <Button variant="default" onClick={onClose}>
        Cancel
      </Button>
    </div>
  </>
)
