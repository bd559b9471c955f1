import { type Permission, permissionNames } from '@suture/contract/permissions.ts'
import type { Role } from '@suture/contract/roles.ts'

/** What everybody with a role may look at. */
const looks = [
  'inventory:read',
  'intelligence:read',
  'risk:read',
  'releases:read',
  'lab:read',
  'deployment:read',
] as const satisfies readonly Permission[]

/** Which permissions each role holds. What nobody is given here, nobody may. */
export const permissionsOfRole: Readonly<Record<Role, readonly Permission[]>> = {
  viewer: looks,
  operator: [
    ...looks,
    'inventory:write',
    'lab:run',
    'deployment:plan',
    'deployment:control',
    'compliance:read',
    'compliance:pack',
  ],
  approver: [...looks, 'signing:read', 'deployment:approve'],
  publisher: [...looks, 'signing:read', 'releases:write', 'releases:publish', 'lab:run'],
  auditor: [
    ...looks,
    'platform:read-users',
    'platform:read-events',
    'signing:read',
    'compliance:read',
    'compliance:pack',
    'integrations:read',
  ],
  admin: permissionNames,
}

/** Everything that the holder of these roles may do. */
export const permissionsOf = (roles: readonly Role[]): ReadonlySet<Permission> =>
  new Set(roles.flatMap((role) => permissionsOfRole[role]))
