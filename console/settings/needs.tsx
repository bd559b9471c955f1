import { listRoles } from '@suture/contract/auth.ts'
import { type Permission, permissions } from '@suture/contract/permissions.ts'
import type { ReactNode } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { useAsk } from '../shell/ask.ts'
import { useCaller, useMay } from '../shell/session.ts'

interface Given {
  readonly may: Permission
  readonly children: ReactNode
}

/** What only some may see: for all others the rule, and who can. */
export const Needs = ({ may, children }: Given) => (useMay(may) ? children : <Refused may={may} />)

function Refused({ may }: { readonly may: Permission }) {
  const caller = useCaller()
  const told = useAsk(listRoles, {}, { about: 'nothing' })
  const who = told.data?.roles.filter((each) => each.permissions.includes(may)).map(({ role }) => role)
  return (
    <section className="panel">
      <div className="face" role="alert">
        <Glyph name="approval" size={20} tone="human" />
        <h2>Your roles do not hold what this needs</h2>
        <p className="m">
          {permissions[may]}: that needs <span className="mono">{may}</span>
          {who && <>, held by {listText(who)}</>}. Yours: {listText(caller.roles)}; an admin can change that.
        </p>
        <p className="f t12">
          Refusal <span className="mono">auth/not-permitted</span>
        </p>
      </div>
    </section>
  )
}

const listText = (words: readonly string[]) => new Intl.ListFormat('en-GB').format(words) || 'none'
