import { revokeToken } from '@suture/contract/auth.ts'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { ask, queries } from '../shell/ask.ts'
import { useAct } from '../shell/use-act.ts'
import type { Token } from './token.ts'

/** Ends a token after it was named once more. */
export function RevokeDialog({
  token: { id, name },
  onClose,
}: {
  readonly token: Token
  readonly onClose: () => void
}) {
  const { isBusy, trouble, act } = useAct()
  const revoke = () =>
    act(async () => {
      await ask(revokeToken, { params: { id } })
      await queries.invalidateQueries({ queryKey: ['people'] })
      onClose()
    })
  return (
    <Dialog title={`Revoke ${name}`} onClose={onClose}>
      <div className="stack">
        <p className="m">
          Whatever calls with it is refused from the next request on. A revoked token never works again; a new one has a
          new secret.
        </p>
        <DialogEnd
          verb={`Revoke ${name}`}
          isBusy={isBusy}
          trouble={trouble}
          onDo={() => void revoke()}
          onClose={onClose}
          isDestructive
        />
      </div>
    </Dialog>
  )
}
