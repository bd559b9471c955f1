import { Button, PasswordInput } from '@mantine/core'
import { changePassword } from '@suture/contract/auth.ts'
import { type FormEvent, useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { ask } from './ask.ts'
import { useAct } from './use-act.ts'

/** Replaces one’s own password; what was typed stays when it is refused. */
export function PasswordDialog({ onClose }: { readonly onClose: () => void }) {
  const [isDone, setDone] = useState(false)
  const { isBusy, trouble, act } = useAct()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = new FormData(event.currentTarget)
    const [current, next] = [String(form.get('current')), String(form.get('next'))]
    void act(async () => {
      await ask(changePassword, { body: { current, next } })
      setDone(true)
    })
  }
  if (isDone)
    return (
      <Dialog title="Your password was replaced" onClose={onClose}>
        <div className="stack">
          <p className="m">Your other sessions have ended; this one goes on.</p>
          <Button autoFocus onClick={onClose}>
            Close
          </Button>
        </div>
      </Dialog>
    )
  return (
    <Dialog title="Change your password" onClose={onClose}>
      <form className="stack" onSubmit={submit}>
        <PasswordInput
          name="current"
          label="Password now"
          autoComplete="current-password"
          required
          data-autofocus
          withAsterisk={false}
        />
        <PasswordInput
          name="next"
          label="New password"
          description="12 characters or more, without your login name; a sentence of several words is good"
          autoComplete="new-password"
          required
          withAsterisk={false}
        />
        <DialogEnd verb="Replace it" isBusy={isBusy} trouble={trouble} onClose={onClose} />
      </form>
    </Dialog>
  )
}
