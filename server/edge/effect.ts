import type { EventKind } from '#platform/events/event.ts'

/**
 * For whom an event may change what there is to do, or who they are: everybody, the device that it names, or nobody. A
 * kind that is missing here does not compile; whoever adds one says what follows from it.
 */
type Effect = 'all' | 'device' | 'none'

export const effects: Readonly<Record<EventKind, Effect>> = {
  // Something may now be handed out.
  'rollout.started': 'all',
  'rollout.resumed': 'all',
  'rollout.retried': 'all',
  'wave.opened': 'all',
  'job.ended': 'device',
  'lab.run-started': 'all',
  // Who the devices are, and by which secret.
  'devices.imported': 'all',
  'gateway.created': 'all',
  'gateway.revoked': 'all',
  'rig.added': 'all',
  'device.registered': 'device',
  'device.admitted': 'device',
  'device.retired': 'device',
  'device.bill-adopted': 'device',
  'device.revised': 'device',
  'device.drifted': 'device',
  // Less is handed out, and whoever has nothing still has nothing.
  'rollout.paused': 'none',
  'rollout.stopped': 'none',
  'rollout.finished': 'none',
  'rollout.expired': 'none',
  'wave.passed': 'none',
  'wave.stopped': 'none',
  'revision.quarantined': 'none',
  'revision.held': 'none',
  'release.deprecated': 'none',
  'release.withdrawn': 'none',
  // What people keep for themselves.
  'device-view.created': 'none',
  'device-view.removed': 'none',
  // Each device that it touches has an event of its own.
  'device-action.started': 'none',
  'device-action.stopped': 'none',
  'device-action.ended': 'none',
  // Nothing is handed out until a rollout starts.
  'rollout.created': 'none',
  'rollout.approved': 'none',
  'rollout.signed': 'none',
  'profile.chosen': 'none',
  'plan-defaults.changed': 'none',
  'release.created': 'none',
  'release.lab-passed': 'none',
  'release.lab-failed': 'none',
  'release.publication-asked': 'none',
  'release.published': 'none',
  'artifact.uploaded': 'none',
  'vendor-key.added': 'none',
  'vendor-key.revoked': 'none',
  'lab.trial-ended': 'none',
  'lab.verdict-given': 'none',
  'evidence.packed': 'none',
  // What is known about devices, and not what they are to do.
  'site.created': 'none',
  'site.changed': 'none',
  'bill.created': 'none',
  'bill.imported': 'none',
  'bill.refused': 'none',
  'bill.given-up': 'none',
  'knowledge.imported': 'none',
  'matches.changed': 'none',
  'decision.changed': 'none',
  // What is sent elsewhere.
  'digest.changed': 'none',
  'webhook.created': 'none',
  'webhook.changed': 'none',
  'webhook.paused': 'none',
  'webhook.removed': 'none',
  'webhook.secret-rotated': 'none',
  'webhook.tested': 'none',
  'webhook.replayed': 'none',
  // The server that told it has only just started, and remembers nobody.
  'database.restored': 'none',
  // People.
  'tenant.set-up': 'none',
  'setup-code.issued': 'none',
  'user.invited': 'none',
  'user.invited-again': 'none',
  'user.joined': 'none',
  'user.changed': 'none',
  'user.password-changed': 'none',
  'session.opened': 'none',
  'session.ended': 'none',
  'token.created': 'none',
  'token.revoked': 'none',
}
