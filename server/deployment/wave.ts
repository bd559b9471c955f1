import type { WaveState } from '@suture/contract/states.ts'
import type { Machine } from '#platform/machine.ts'

export type Wave = { readonly [K in WaveState]: { readonly kind: K } }[WaveState]

export type WaveStep = { readonly kind: 'open' | 'observe' | 'pass' | 'stop' }

export const wave: Machine<Wave, WaveStep> = {
  'not-open': { open: () => ({ kind: 'open' }) },
  open: { observe: () => ({ kind: 'observing' }), stop: () => ({ kind: 'stopped' }) },
  observing: { pass: () => ({ kind: 'passed' }), stop: () => ({ kind: 'stopped' }) },
  passed: {},
  stopped: {},
}
