/** The six roles and what each is for; which permissions a role holds is the server's business (`GET /api/v1/roles`). */
export const roles = {
  viewer: 'Looks, changes nothing',
  operator: 'Plans, starts, pauses and stops rollouts, keeps the inventory',
  approver: 'Approves or rejects plans that someone else made',
  publisher: 'Uploads, signs off and publishes releases',
  auditor: 'Reads everything an audit needs, the record of events included',
  admin: 'Manages people, tokens and settings; cannot skip the two-person rule',
} as const

export type Role = keyof typeof roles

export const roleNames = Object.keys(roles) as [Role, ...Role[]]
