import type { RefusalText } from './text.ts'

export const complianceRefusals = {
  'compliance/rollout-unknown': {
    status: 404,
    says: 'No such rollout in this tenant',
    remedy: 'List the rollouts with GET /api/v1/rollouts',
  },
  'compliance/rollout-not-over': {
    status: 409,
    says: 'The rollout, or the job of one of its devices, is still under way',
    remedy: 'Wait until the rollout has finished, expired or been stopped, and its last job has ended',
  },
  'compliance/nothing-proven': {
    status: 409,
    says: 'What would prove this rollout is missing or does not verify: the signed plan, the signed release or the verdict',
    remedy: 'Look at what `missing` names; a rollout that the signer never signed has no evidence',
  },
  'compliance/evidence-unknown': {
    status: 404,
    says: 'No such evidence in this tenant',
    remedy: 'List it with GET /api/v1/evidence',
  },
  'compliance/not-signed': {
    status: 409,
    says: 'The signer has not signed this evidence',
    remedy: 'Try again in a moment; GET /api/v1/evidence/{id} says how far it is, or why the signer refused',
  },
} as const satisfies Record<`compliance/${string}`, RefusalText>
