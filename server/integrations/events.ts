import type { WebhookPause } from '@suture/contract/states.ts'

declare module '#platform/events/event.ts' {
  interface Events {
    'webhook.created': { name: string; to: string; kinds: string[] }
    'webhook.changed': { name: string; to: string; kinds: string[]; state: string; maker: string }
    'webhook.paused': { name: string; by: WebhookPause }
    'webhook.removed': { name: string }
    'webhook.secret-rotated': { name: string; overlapUntil: string }
    'webhook.tested': { name: string; delivery: string }
    'digest.changed': { hour: number | null; urgent: boolean }
    'webhook.replayed': { name: string; deliveries: number }
  }
}
