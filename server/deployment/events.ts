import type { Why } from './why.ts'

declare module '#platform/events/event.ts' {
  interface Events {
    'rollout.created': { name: string; release: string; planDigest: string; devices: number; q: string | null }
    'rollout.approved': { keyId: string; planDigest: string }
    'rollout.signed': { planDigest: string }
    'rollout.started': { planDigest: string }
    'rollout.paused': { why: Why | null }
    'rollout.resumed': Record<string, never>
    'rollout.stopped': { why: Why }
    'rollout.finished': { why: Why }
    'rollout.expired': { why: Why }
    'rollout.retried': {
      class: string | null
      manufacturer: string
      model: string
      hardwareRevision: string
      devices: number
    }
    'wave.opened': { wave: number }
    'wave.passed': { wave: number; why: Why }
    'wave.stopped': { wave: number; why: Why }
    'revision.quarantined': { wave: number; why: Why }
    'revision.held': {
      manufacturer: string
      model: string
      hardwareRevision: string
      waiting: number
      recalled: number
      reason: string
    }
    'job.ended': { rollout: string; device: string; wave: number; state: string; class: string | null }
    'profile.chosen': { profile: string; preset: string; silenceSeconds: number; hours: number }
    'plan-defaults.changed': { preset: string; silenceSeconds: number; hours: number }
    'device.drifted': { from: string; to: string }
  }
}
