/** How a statement about a device is known, weakest first. */
export const assurances = ['claimed', 'observed', 'signed', 'measured', 'attested'] as const
export type Assurance = (typeof assurances)[number]

export const deviceStates = ['quarantined', 'live', 'quiet', 'silent', 'asleep', 'isolated', 'retired'] as const
export type DeviceState = (typeof deviceStates)[number]

export const releaseStates = ['draft', 'lab-passed', 'published', 'deprecated', 'withdrawn'] as const
export type ReleaseState = (typeof releaseStates)[number]

/** How far an SBOM has come on its way to become a bill. */
export const billImportStates = ['waiting', 'reading', 'storing', 'done', 'refused', 'given-up'] as const
export type BillImportState = (typeof billImportStates)[number]

/** How far a test of a release has come. */
export const labRunStates = ['running', 'passed', 'failed'] as const
export type LabRunState = (typeof labRunStates)[number]

/** What a rig goes through in a test, in this order. */
export const trialSteps = ['install', 'boot', 'health', 'roll-back', 'over'] as const
export type TrialStep = (typeof trialSteps)[number]

/** Why a trial failed: the first thing that went wrong. */
export const trialFailures = ['install-failed', 'silent', 'no-boot', 'unhealthy', 'roll-back-failed'] as const
export type TrialFailure = (typeof trialFailures)[number]

export const rolloutStates = [
  'draft',
  'awaiting-approval',
  'scheduled',
  'running',
  'paused',
  'stopped',
  'rolling-back',
  'finished',
  'expired',
] as const
export type RolloutState = (typeof rolloutStates)[number]

export const waveStates = ['not-open', 'open', 'observing', 'passed', 'stopped'] as const
export type WaveState = (typeof waveStates)[number]

/** One device's passage through a rollout: under way. */
const openJobStates = [
  'waiting',
  'offered',
  'downloading',
  'downloaded',
  'installing',
  'rebooting',
  'reported',
  'cancelling',
] as const

/** One device's passage through a rollout: over. */
export const finalJobStates = [
  'verified',
  'failed',
  'silent',
  'unverified',
  'disputed',
  'rolled-back',
  'rejected',
  'cancelled',
  'superseded',
] as const
export type FinalJobState = (typeof finalJobStates)[number]

export const jobStates = [...openJobStates, ...finalJobStates] as const
export type JobState = (typeof jobStates)[number]

/** The facts that a decision reads; `unknown` counts as the worst. */
export const exposures = ['exposed', 'internal', 'isolated', 'unknown'] as const
export const criticalities = ['low', 'medium', 'high', 'critical', 'unknown'] as const
export const safetyRoles = ['none', 'safety-related', 'safety-critical', 'unknown'] as const
export const dataSensitivities = ['none', 'internal', 'personal', 'secret', 'unknown'] as const

export const webhookStates = ['active', 'paused'] as const
export type WebhookState = (typeof webhookStates)[number]

/** What paused a webhook: a person, a day of failures, its receiver (410), its maker's standing, a secret that does not open. */
export const webhookPauses = ['person', 'failures', 'receiver', 'maker', 'secret'] as const
export type WebhookPause = (typeof webhookPauses)[number]

/** One event on its way to one webhook. */
export const deliveryStates = ['pending', 'delivered', 'dead'] as const
export type DeliveryState = (typeof deliveryStates)[number]
