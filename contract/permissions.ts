/** Everything that can be permitted, each as the sentence the console and the documentation show. */
export const permissions = {
  'platform:read-users': 'See who has an account in this tenant and which roles they hold',
  'platform:manage-users': 'Invite people, change their roles and sites, disable them',
  'platform:manage-tokens': 'Create and revoke machine tokens, never with more than one holds oneself',
  'platform:read-events': 'Read the record of who did what',
  'signing:read': 'See the signer’s public keys and what it signed or refused',
} as const

export type Permission = keyof typeof permissions

/** The permissions by name, in the order of the table above. */
export const permissionNames = Object.keys(permissions) as [Permission, ...Permission[]]
