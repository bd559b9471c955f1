import type { RefusalCode } from '@suture/contract/refusals.ts'
import { Refusal } from '#platform/refusal.ts'
import type { Outcome, Reason } from './work.ts'

const codes = {
  'too-large': 'input/too-large',
  'too-slow': 'input/too-slow',
  'too-much-memory': 'input/too-much-memory',
  'too-deep': 'input/too-deep',
  unreadable: 'input/unreadable',
} as const satisfies Record<Reason, RefusalCode>

/**
 * What was read.
 * @throws Refusal `input/…` when it was not
 */
export function orRefuse<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value
  throw new Refusal(codes[outcome.refused], { detail: outcome.detail })
}
