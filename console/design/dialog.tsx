import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'
import { useReturnOfFocus } from './use-return-of-focus.ts'

interface Given {
  readonly title: string
  readonly onClose: () => void
  /** Closed by its own button alone, for what is shown once. */
  readonly insists?: boolean
  readonly children: ReactNode
}

/** One question or one form over the page; what was typed into it is gone with it. */
export function Dialog({ title, onClose, insists = false, children }: Given) {
  useReturnOfFocus()
  return (
    <Modal
      opened
      onClose={onClose}
      title={title}
      size={520}
      closeOnEscape={!insists}
      closeOnClickOutside={!insists}
      withCloseButton={!insists}
      closeButtonProps={{ 'aria-label': 'Close' }}
      classNames={{ title: 't16 b' }}
    >
      {children}
    </Modal>
  )
}
