import type { Role } from '@suture/contract/roles.ts'

/** What of a person decides whether they count as an admin who can sign in. */
export interface Standing {
  readonly id: string
  readonly roles: readonly Role[]
  readonly disabled: boolean
  readonly hasPassword: boolean
}

const leads = (user: Standing): boolean => user.roles.includes('admin') && !user.disabled && user.hasPassword

/** Whether a change leaves the tenant without an admin who can sign in, although it had one. */
export const losesLastAdmin = (users: readonly Standing[], changed: Standing): boolean =>
  users.some(leads) && !users.some((user) => leads(user.id === changed.id ? changed : user))

/** Whether somebody has yet to set a password, may sign in, or no longer may. */
export const stateOf = (user: {
  readonly password: string | null
  readonly disabled_at: Date | null
}): 'disabled' | 'invited' | 'active' =>
  user.disabled_at !== null ? 'disabled' : user.password === null ? 'invited' : 'active'

/** Whether a password is too easy to guess. Length is what counts (NIST SP 800-63B section 5.1.1.2). */
export const isWeakPassword = (password: string, login: string): boolean =>
  password.length < 12 || password.toLowerCase().includes(login)
