import { join } from 'node:path'
import { acceptInvitation, inviteUser, whoAmI } from '@suture/contract/auth.ts'
import type { Role } from '@suture/contract/roles.ts'
import type { Child } from './children.ts'
import { Person } from './people.ts'

/** Who is there from the beginning, each with their own login, their own terminal and their own key. */
export interface Cast {
  readonly admin: Person
  readonly operator: Person
  readonly publisher: Person
  /** The tenant's id. */
  readonly tenant: string
}

/** Who is asked before anything goes out, and who looks at it afterwards. */
export interface Panel {
  readonly approvers: readonly [Person, Person]
  readonly auditor: Person
}

/** What everybody signs in with. */
export const secret = 'a password for the demo alone'

/** Whose eyes are worth borrowing once the story is over. */
export const doors = [
  { login: 'operator@demo.example', for: 'plans, starts and stops rollouts' },
  { login: 'first-approver@demo.example', for: 'approves what somebody else planned' },
  { login: 'auditor@demo.example', for: 'reads the evidence and the record, changes nothing' },
] as const

const codeIn = (text: string): string => {
  const code = /\b(su[a-z]_[\w-]+)/.exec(text)?.[1]
  if (code === undefined) throw new Error(`No one-time code in: ${text}`)
  return code
}

/** Lets a person into the tenant as people are let in, by an invitation; signing in makes their approval key. */
async function letIn({ admin }: Pick<Cast, 'admin'>, person: Person, role: Role): Promise<Person> {
  const { login, name } = person
  const { invitation } = await admin.calls(inviteUser, { body: { login, name, roles: [role] } })
  await person.callsUnknown(acceptInvitation, { body: { code: invitation.code, password: secret } })
  await person.does(['login', '--login', login, '--stdin'], `${secret}\n`)
  return person
}

/** The admin comes with the setup code that the server printed, and invites whoever works here. */
export async function gather(home: string, url: string, server: Child): Promise<Cast> {
  const admin = new Person('admin', home, url)
  const greeting = await server.line((line) => /\bsu[a-z]_[\w-]{20,}/.test(line))
  await admin.does(['init', '--login', admin.login, '--name', 'Admin', '--stdin'], `${codeIn(greeting)}\n${secret}\n`)
  await admin.does(['login', '--login', admin.login, '--stdin'], `${secret}\n`)
  const { tenant } = await admin.calls(whoAmI, {})
  const [operator, publisher] = await Promise.all([
    letIn({ admin }, new Person('operator', home, url), 'operator'),
    letIn({ admin }, new Person('publisher', home, url), 'publisher'),
  ])
  return { admin, operator, publisher, tenant: tenant.id }
}

/** The approvers and the auditor come; and in a ceremony on the signer's machine, whose approval and which lab's verdict counts. */
export async function convene(cast: Cast, home: string, url: string): Promise<Panel> {
  const [first, second, auditor] = await Promise.all([
    letIn(cast, new Person('first-approver', home, url), 'approver'),
    letIn(cast, new Person('second-approver', home, url), 'approver'),
    letIn(cast, new Person('auditor', home, url), 'auditor'),
  ])
  const enrol = async (person: Person, key: string, ...more: string[]) => {
    const who = ['--tenant', cast.tenant, '--person', await person.id(), '--name', person.name]
    await cast.admin.does(['signer', 'enrol', ...who, '--key', key, ...more])
  }
  for (const each of [first, second]) await enrol(each, join(each.folder, 'approval-key.pub'))
  await enrol(cast.admin, join(home, 'lab', 'lab-key.pub'), '--lab')
  return { approvers: [first, second], auditor }
}
