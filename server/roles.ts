import { type Permission, permissionNames } from '@suture/contract/permissions.ts'
import type { Role } from '@suture/contract/roles.ts'

/** Which permissions each role holds. What nobody is given here, nobody may. */
export const permissionsOfRole: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: [],
  operator: [],
  approver: ['signing:read'],
  publisher: ['signing:read'],
  auditor: ['platform:read-users', 'platform:read-events', 'signing:read'],
  admin: permissionNames,
}

/** Everything that the holder of these roles may do. */
export const permissionsOf = (roles: readonly Role[]): ReadonlySet<Permission> =>
  new Set(roles.flatMap((role) => permissionsOfRole[role]))
