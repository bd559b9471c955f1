/** Everything that can be permitted, each as the sentence the console and the documentation show. */
export const permissions = {
  'platform:read-users': 'See who has an account in this tenant and which roles they hold',
  'platform:manage-users': 'Invite people, change their roles and sites, disable them',
  'platform:manage-tokens': 'Create and revoke machine tokens, never with more than one holds oneself',
  'platform:read-events': 'Read the record of who did what',
  'signing:read': 'See the signer’s public keys and what it signed or refused',
  'inventory:read': 'See sites, models, devices, their bills and what is known about them',
  'inventory:write': 'Import and change devices, admit registered ones, keep sites, bills and gateway secrets',
  'intelligence:read': 'See vulnerabilities, matches with their explanations, and how fresh each feed is',
  'risk:read': 'See decisions, deadlines, findings and which release closes most of them',
  'releases:read': 'See releases, artifacts and vendor keys',
  'releases:write': 'Upload artifacts, add vendor keys, create releases',
  'releases:publish': 'Publish, deprecate and withdraw releases',
  'lab:read': 'See rigs, tests and verdicts',
  'lab:run': 'Keep rigs and test releases on them',
  'deployment:read': 'See rollouts, waves, jobs and what was read from devices',
  'deployment:plan': 'Make rollout plans',
  'deployment:approve': 'Approve rollout plans that somebody else made',
  'deployment:control': 'Start, pause, resume and stop rollouts, try failures again, hold revisions',
  'deployment:set-defaults': 'Choose the profile, and change what new plans begin from',
  'compliance:read': 'See and download evidence packs, and read reports',
  'compliance:pack': 'Have the evidence of a rollout packed and signed',
  'integrations:read': 'See webhooks, where they lead without the whole address, and what became of each message',
  'integrations:manage': 'Have events sent elsewhere: make, change, test and remove webhooks, send messages again',
} as const

export type Permission = keyof typeof permissions

/** The permissions by name, in the order of the table above. */
export const permissionNames = Object.keys(permissions) as [Permission, ...Permission[]]
