import { Button, CopyButton } from '@mantine/core'
import type { inviteAgain } from '@suture/contract/auth.ts'
import type { Reply } from '@suture/contract/client.ts'
import type { ReactNode } from 'react'
import { instant } from '../design/time.ts'
import type { Person } from './person.ts'

export type InvitationCode = Reply<typeof inviteAgain>['invitation']

interface Given {
  readonly name: string
  readonly secret: string
  readonly children: ReactNode
  readonly onClose: () => void
}

/** A secret that is shown once: it stands in this dialog alone, and whoever closes it has taken it down. */
export const Once = ({ name, secret, children, onClose }: Given) => (
  <div className="stack">
    <p className="m">{children}</p>
    {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what is to be copied must be reachable by the keyboard */}
    <section className="term once" tabIndex={0} aria-label={name}>
      {secret}
    </section>
    <div className="flex ends">
      <CopyButton value={secret}>
        {({ copied, copy }) => (
          <Button autoFocus onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        )}
      </CopyButton>
      <Button variant="default" onClick={onClose}>
        I have it, close
      </Button>
    </div>
  </div>
)

interface InvitationGiven {
  readonly of: Pick<Person, 'name' | 'login'>
  readonly invitation: InvitationCode
  readonly onClose: () => void
}

export const Invitation = ({ of, invitation, onClose }: InvitationGiven) => (
  <Once name="One-time code" secret={invitation.code} onClose={onClose}>
    It is shown this once, works once, and ends {instant(invitation.expiresAt)}. Give it to {of.name} over a way that
    you trust. With it they set their password at <span className="mono">{location.origin}/invitation</span>, and sign
    in as <span className="mono">{of.login}</span>.
  </Once>
)
