import { listRoles } from '@suture/contract/auth.ts'
import { type Permission, permissions } from '@suture/contract/permissions.ts'
import { useLocation } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { useAsk } from './ask.ts'
import { Page } from './page.tsx'
import { places } from './places.ts'
import { useCaller, useMay } from './session.ts'

interface Given {
  readonly may: Permission
  readonly children: ReactNode
}

/** What only some may see: for all others the rule, and who can. */
export const Needs = ({ may, children }: Given) => (useMay(may) ? children : <Refused may={may} />)

/** The page of a place, for whoever may see that place; a page that is refused asks the server for nothing. */
export function PlaceNeeds({ children }: Pick<Given, 'children'>) {
  const { permissions } = useCaller()
  const first = useLocation({ select: ({ pathname }) => `/${pathname.split('/')[1]}` })
  const { name, may } = places.find(({ path }) => path === first) ?? {}
  if (may === undefined || permissions.includes(may)) return children
  return (
    <Page title={name ?? ''}>
      <Refused may={may} />
    </Page>
  )
}

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
