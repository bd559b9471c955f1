import type { Permission } from '@suture/contract/permissions.ts'
import type { Role } from '@suture/contract/roles.ts'
import { sitesOf } from './sites.ts'
import { stateOf } from './user.ts'

interface UserRow {
  readonly id: string
  readonly login: string
  readonly name: string
  readonly password: string | null
  readonly roles: string[]
  readonly site_ids: number[] | null
  readonly created_at: Date
  readonly disabled_at: Date | null
}

/** A person as the contract tells them; never their password's hash. */
export const userView = (row: UserRow) => ({
  id: row.id,
  login: row.login,
  name: row.name,
  roles: row.roles as Role[],
  sites: sitesOf(row.site_ids),
  state: stateOf(row),
  createdAt: row.created_at,
})

interface TokenRow {
  readonly id: string
  readonly name: string
  readonly permissions: string[]
  readonly site_ids: number[] | null
  readonly created_by: string
  readonly created_at: Date
  readonly expires_at: Date
  readonly revoked_at: Date | null
}

export const tokenView = (row: TokenRow) => ({
  id: row.id,
  name: row.name,
  permissions: row.permissions as Permission[],
  sites: sitesOf(row.site_ids),
  createdBy: row.created_by,
  createdAt: row.created_at,
  expiresAt: row.expires_at,
  revokedAt: row.revoked_at,
})
