import type { RefusalText } from './text.ts'

export const deploymentRefusals = {
  'deployment/rollout-unknown': {
    status: 404,
    says: 'No such rollout in this tenant',
    remedy: 'List the rollouts with GET /api/v1/rollouts',
  },
  'deployment/cluster-unknown': {
    status: 404,
    says: 'No devices of the rollout that the caller may see failed like that, or they have been tried again since',
    remedy: 'List its failures with `suture rollout clusters`',
  },
  'deployment/left-out-already': {
    status: 409,
    says: 'The revision was quarantined or held in this rollout before',
    remedy: 'There is nothing left to do; a new plan can take the revision along',
  },
  'deployment/count-differs': {
    status: 409,
    says: 'It would concern another number of devices than expected',
    remedy: 'Look at the cluster; where `devices` is what you want, ask with that number',
  },
  'deployment/device-unknown': {
    status: 404,
    says: 'No such device among those that the caller may see',
    remedy: 'List the devices with GET /api/v1/devices',
  },
  'deployment/release-not-published': {
    status: 422,
    says: 'The release is not published, or no longer, under a statement that the signer’s key verifies',
    remedy: 'Publish it first, or choose another; `suture release show` says what it is and what is missing',
  },
  'deployment/nobody-eligible': {
    status: 422,
    says: 'No device that the caller may see is live, of a targeted model and revision that no earlier rollout of the artifact quarantined, and on another version',
    remedy:
      'Widen the audience, or name the quarantined revision to include; `excluded` says how many are left out and why, `quarantined` which revisions were quarantined',
  },
  'deployment/audience-too-large': {
    status: 422,
    says: 'The audience holds more devices than one plan takes',
    remedy: 'Make several plans, for instance one for each site; the limit is in `limit`',
  },
  'deployment/plan-invalid': {
    status: 422,
    says: 'The plan contradicts itself',
    remedy: 'Change what `problem` names: waves grow, shares come after strata, and the end comes after the beginning',
  },
  'deployment/own-plan': {
    status: 403,
    says: 'Nobody approves a plan that they made',
    remedy: 'Ask two other people who hold deployment:approve',
  },
  'deployment/already-approved': {
    status: 409,
    says: 'This person has approved this plan already',
    remedy: 'Ask somebody else; two people must approve',
  },
  'deployment/key-taken': {
    status: 409,
    says: 'Somebody else has approved this plan with the same key',
    remedy: 'Sign with a key of your own; `suture login` makes one',
  },
  'deployment/key-unreadable': {
    status: 422,
    says: 'The public key is not an Ed25519 key in PEM or JWK form',
    remedy: 'Send the key that `suture login` made, the file that ends in .pub',
  },
  'deployment/signature-wrong': {
    status: 422,
    says: 'The signature does not approve exactly this plan under this key',
    remedy: 'Read the plan again with GET /api/v1/rollouts/{id}/plan, and sign its digest',
  },
  'deployment/not-now': {
    status: 409,
    says: 'A rollout in this state does not allow that',
    remedy: 'See `state`, and `suture rollout show` for what may be done',
  },
  'deployment/not-signed': {
    status: 409,
    says: 'The signer has not signed this plan, or the stored plan is not the one that it signed',
    remedy: 'Two people who are enrolled with the signer must approve; `suture rollout show` says what is missing',
  },
  'deployment/too-early': {
    status: 409,
    says: 'The plan may not run yet',
    remedy: 'Wait until `notBefore`, or make a plan that begins earlier',
  },
  'deployment/other-sites': {
    status: 403,
    says: 'The plan reaches devices at sites that the caller may not see',
    remedy: 'Ask somebody who may see all sites of the plan',
  },
  'deployment/no-address': {
    status: 422,
    says: 'No address of the device may be read: none is confirmed, or it lies outside its site’s networks',
    remedy: 'Import the device’s identity address, and allow its network with `suture site change`',
  },
} as const satisfies Record<`deployment/${string}`, RefusalText>
