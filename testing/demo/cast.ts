import { join as pathOf } from 'node:path'
import { acceptInvitation, inviteUser, whoAmI } from '@suture/contract/auth.ts'
import { call } from '@suture/contract/client.ts'
import type { Role } from '@suture/contract/roles.ts'
import type { Child } from './children.ts'
import { Person } from './people.ts'

/** The people of the story, each with their own login, their own terminal and their own key. */
export interface Cast {
  readonly admin: Person
  readonly operator: Person
  readonly publisher: Person
  readonly approvers: readonly [Person, Person]
  readonly auditor: Person
  /** The tenant's id. */
  readonly tenant: string
  /** Whose key stands for whom: the person's id by their name. */
  readonly ids: ReadonlyMap<string, string>
}

const secret = 'a password for the demo alone'

const codeIn = (text: string): string => {
  const code = /\b(su[a-z]_[\w-]+)/.exec(text)?.[1]
  if (code === undefined) throw new Error(`No one-time code in: ${text}`)
  return code
}

/** Everybody gets an account the way people do: a setup code for the admin, invitations for the others. */
export async function gather(home: string, url: string, server: Child): Promise<Cast> {
  const person = (name: string) => new Person(name, home, url)
  const admin = person('admin')
  const greeting = await server.line((line) => /\bsu[a-z]_[\w-]{20,}/.test(line))
  await admin.does(['init', '--login', admin.login, '--name', 'Admin', '--stdin'], `${codeIn(greeting)}\n${secret}\n`)
  await admin.does(['login', '--login', admin.login, '--stdin'], `${secret}\n`)
  const self = await admin.calls(whoAmI, {})
  const ids = new Map([[admin.name, self.id]])
  const join = async (each: Person, role: Role): Promise<Person> => {
    const { login, name } = each
    const { user, invitation } = await admin.calls(inviteUser, { body: { login, name, roles: [role] } })
    await call({ base: url, headers: {} }, acceptInvitation, { body: { code: invitation.code, password: secret } })
    await each.does(['login', '--login', login, '--stdin'], `${secret}\n`)
    ids.set(name, user.id)
    return each
  }
  const [operator, publisher, first, second, auditor] = await Promise.all([
    join(person('operator'), 'operator'),
    join(person('publisher'), 'publisher'),
    join(person('first-approver'), 'approver'),
    join(person('second-approver'), 'approver'),
    join(person('auditor'), 'auditor'),
  ])
  return { admin, operator, publisher, approvers: [first, second], auditor, tenant: self.tenant.id, ids }
}

/** The ceremony on the signer's machine: whose approval counts, and which lab's verdict; the lab makes its key when it is asked. */
export async function enrol(cast: Cast, labKey: string): Promise<void> {
  const { admin, approvers, tenant, ids } = cast
  const roll = (name: string, key: string, ...more: string[]) =>
    admin.does([
      ...['signer', 'enrol', '--tenant', tenant, '--person', ids.get(name) ?? '', '--name', name, '--key', key],
      ...more,
    ])
  for (const each of approvers) await roll(each.name, pathOf(each.folder, 'approval-key.pub'))
  await cast.publisher.does(['lab', 'key'])
  await roll(admin.name, labKey, '--lab')
}
