declare module '#platform/events/event.ts' {
  interface Events {
    'setup-code.issued': { expiresAt: string }
    'tenant.set-up': { login: string }
    'user.invited': { login: string; roles: string[]; sites: 'all' | number[] }
    'user.invited-again': Record<string, never>
    'user.password-changed': Record<string, never>
    'user.joined': { login: string }
    'user.changed': { roles: string[]; sites: 'all' | number[]; disabled: boolean }
    'session.opened': { agent: string }
    'session.ended': Record<string, never>
    'token.created': { name: string; permissions: string[]; expiresAt: string }
    'token.revoked': { name: string }
  }
}

export type {}
