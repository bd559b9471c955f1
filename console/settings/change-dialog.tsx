import { Button } from '@mantine/core'
import { changeUser, getUser } from '@suture/contract/auth.ts'
import { ProblemError, type Reply } from '@suture/contract/client.ts'
import type { Role } from '@suture/contract/roles.ts'
import { type FormEvent, useEffect, useState } from 'react'
import { Dialog } from '../design/dialog.tsx'
import { DialogEnd } from '../design/dialog-end.tsx'
import { Loading, Trouble } from '../design/faces.tsx'
import { ask, queries, read } from '../shell/ask.ts'
import { useCaller } from '../shell/session.ts'
import { useAct } from '../shell/use-act.ts'
import { SitesField } from './fields.tsx'
import type { Person } from './person.ts'
import { RolesField } from './roles-field.tsx'
import { type Sites, useSiteNames } from './sites.ts'

/** A person as they stood, and the tag by which an edit says so. */
interface Seen {
  readonly person: Reply<typeof getUser>
  readonly etag: string
}

interface Given {
  readonly person: Person
  readonly onClose: () => void
}

/** What a person may do, changed from how it stands at this moment and not from a list that may be old. */
export function ChangeDialog({ person: { id, name }, onClose }: Given) {
  const [seen, setSeen] = useState<Seen>()
  const [error, setError] = useState<Error>()
  const look = async () => {
    const { reply, etag } = await read(getUser, { params: { id } })
    setSeen({ person: reply, etag })
  }
  const first = () => look().catch(setError)
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each person
  useEffect(() => void first(), [id])
  return (
    <Dialog title={`Change ${name}`} onClose={onClose}>
      {seen ? (
        <ChangeForm seen={seen} onLook={look} onClose={onClose} />
      ) : error ? (
        <Trouble error={error} what={name} retry={() => void first()} />
      ) : (
        <Loading what={`${name}: asking the server`} />
      )}
    </Dialog>
  )
}

interface FormGiven {
  readonly seen: Seen
  readonly onLook: () => Promise<void>
  readonly onClose: () => void
}

function ChangeForm({ seen: { person, etag }, onLook, onClose }: FormGiven) {
  const caller = useCaller()
  const [roles, setRoles] = useState<readonly Role[]>(person.roles)
  const [sites, setSites] = useState<Sites>(person.sites)
  const [isStale, setStale] = useState(false)
  const { isBusy, trouble, act } = useAct()
  const sitesText = useSiteNames()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    if (roles.length === 0) return
    void act(async () => {
      try {
        await ask(changeUser, { params: { id: person.id }, ifMatch: etag, body: { roles: [...roles], sites } })
      } catch (error) {
        setStale(error instanceof ProblemError && error.problem.code === 'http/changed-meanwhile')
        throw error
      }
      await queries.invalidateQueries({ queryKey: ['people'] })
      onClose()
    })
  }
  const lookAgain = () =>
    act(async () => {
      await onLook()
      setStale(false)
    })
  return (
    <form className="stack" onSubmit={submit}>
      <p className="m">
        Now: {person.roles.join(', ')}; {sitesText(person.sites)}. Their sessions end with the change, so that it holds
        at once.{person.id === caller.id && ' This is you: you will have to sign in again.'}
      </p>
      <RolesField
        value={roles}
        onChange={setRoles}
        error={roles.length === 0 ? 'Choose at least one role, or disable the account' : undefined}
      />
      <SitesField value={sites} onChange={setSites} />
      {isStale && (
        <Button variant="default" loading={isBusy} onClick={() => void lookAgain()}>
          Read it again, and keep what I chose
        </Button>
      )}
      <DialogEnd verb={`Change ${person.name}`} isBusy={isBusy} trouble={trouble} onClose={onClose} />
    </form>
  )
}
