import { Button } from '@mantine/core'
import { listUsers } from '@suture/contract/auth.ts'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Asked } from '../design/asked.tsx'
import { Panel } from '../design/panel.tsx'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { Paging } from '../shell/paging.tsx'
import { useCaller, useMay } from '../shell/session.ts'
import { ChangeDialog } from './change-dialog.tsx'
import { InviteDialog } from './invite-dialog.tsx'
import type { Deed, Person } from './person.ts'
import { PersonDialog } from './person-dialog.tsx'
import { PersonMenu } from './person-menu.tsx'
import { useSiteNames } from './sites.ts'

const route = getRouteApi('/frame/settings')

/** What somebody is about to do, and with whom. */
type Doing =
  | { readonly what: 'invite' }
  | { readonly what: 'change'; readonly person: Person }
  | { readonly what: Deed; readonly person: Person }

/** Who has an account, and for whoever keeps accounts, what can be done with them. */
export function People() {
  const { cursor } = route.useSearch()
  const people = useAsk(
    listUsers,
    { query: { limit: 100, ...(cursor === undefined ? {} : { cursor }) } },
    { about: 'people' },
  )
  const may = useMay('platform:manage-users')
  const [doing, setDoing] = useState<Doing>()
  const close = () => setDoing(undefined)
  return (
    <>
      <Panel
        title="Accounts"
        aside={
          may ? <Button onClick={() => setDoing({ what: 'invite' })}>Invite a person</Button> : 'Admins change them'
        }
        flush
      >
        <Asked of={people} what="The people">
          {({ items, next }) => (
            <>
              <Table people={items} {...(may ? { onDo: setDoing } : {})} />
              <Paging cursor={cursor} next={next} words={['First', 'More']} />
            </>
          )}
        </Asked>
      </Panel>
      {doing?.what === 'invite' && <InviteDialog onClose={close} />}
      {doing?.what === 'change' && <ChangeDialog person={doing.person} onClose={close} />}
      {doing && doing.what !== 'invite' && doing.what !== 'change' && (
        <PersonDialog deed={doing.what} person={doing.person} onClose={close} />
      )}
    </>
  )
}

interface TableGiven {
  readonly people: readonly Person[]
  readonly onDo?: (doing: Doing) => void
}

function Table({ people, onDo }: TableGiven) {
  const caller = useCaller()
  const sitesText = useSiteNames()
  return (
    <div className="scr">
      <table className="top">
        <thead>
          <tr>
            <th>Name</th>
            <th>Roles</th>
            <th>Sites</th>
            <th>State</th>
            <th>Since</th>
            {onDo && <th className="num">Change</th>}
          </tr>
        </thead>
        <tbody>
          {people.map((person) => (
            <tr key={person.id}>
              <td>
                <b className="b">{person.name}</b>
                {person.id === caller.id && <span className="f"> you</span>}
                <div className="f t12">{person.login}</div>
              </td>
              <td>{person.roles.join(', ')}</td>
              <td>{sitesText(person.sites)}</td>
              <td>
                <Status kind="person" value={person.state} />
              </td>
              <td className="nw">{instant(person.createdAt)}</td>
              {onDo && (
                <td className="num nw">
                  <Button
                    variant="default"
                    size="sm"
                    aria-label={`Change ${person.name}`}
                    onClick={() => onDo({ what: 'change', person })}
                  >
                    Change
                  </Button>{' '}
                  <PersonMenu person={person} onDo={(what) => onDo({ what, person })} />
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
