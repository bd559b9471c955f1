import { join } from 'node:path'
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

interface Member {
  readonly id: string
  readonly login: string
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
  const others = [
    [person('operator'), 'operator'],
    [person('publisher'), 'publisher'],
    [person('first-approver'), 'approver'],
    [person('second-approver'), 'approver'],
    [person('auditor'), 'auditor'],
  ] as const
  await Promise.all(
    others.map(async ([each, role]) => {
      const invited = await admin.does(['user', 'invite', each.login, '--name', each.name, '--role', role])
      await each.does(['join', '--stdin'], `${codeIn(invited)}\n${secret}\n`)
      await each.does(['login', '--login', each.login, '--stdin'], `${secret}\n`)
    }),
  )
  const [operator, publisher, first, second, auditor] = others.map(([each]) => each) as [
    Person,
    Person,
    Person,
    Person,
    Person,
  ]
  const [{ tenant }, members] = await Promise.all([
    admin.reads<{ tenant: { id: string } }>(['whoami']),
    admin.reads<Member[]>(['user', 'list']),
  ])
  const idOf = (login: string): string => members.find((member) => member.login === login)?.id ?? ''
  const ids = new Map(
    [admin, operator, publisher, first, second, auditor].map(({ name, login }) => [name, idOf(login)]),
  )
  return { admin, operator, publisher, approvers: [first, second], auditor, tenant: tenant.id, ids }
}

/** The ceremony on the signer's machine: whose approval counts, and which lab's verdict; the lab makes its key when it is asked. */
export async function enrol(cast: Cast, labKey: string): Promise<void> {
  const { admin, approvers, tenant, ids } = cast
  const roll = (name: string, key: string, ...more: string[]) =>
    admin.does([
      ...['signer', 'enrol', '--tenant', tenant, '--person', ids.get(name) ?? '', '--name', name, '--key', key],
      ...more,
    ])
  for (const each of approvers) await roll(each.name, join(each.folder, 'approval-key.pub'))
  await cast.publisher.does(['lab', 'key'])
  await roll(admin.name, labKey, '--lab')
}
