/** One thing that was looked at: how it is, and what to do when it is not as it should be. */
export interface Finding {
  readonly check: string
  readonly state: 'ok' | 'warn' | 'bad'
  readonly says: string
}

export const ok = (check: string, says: string): Finding => ({ check, state: 'ok', says })
export const warn = (check: string, says: string): Finding => ({ check, state: 'warn', says })
export const bad = (check: string, says: string): Finding => ({ check, state: 'bad', says })
