import type { RefusalText } from './text.ts'

export const releasesRefusals = {
  'releases/key-unreadable': {
    status: 422,
    says: 'The text is not an Ed25519 public key in PEM or JWK form',
    remedy: 'Ask the manufacturer for the public half of the key; a private key never belongs here',
  },
  'releases/key-taken': {
    status: 409,
    says: 'This key counts as this manufacturer’s already, or did until it was revoked',
    remedy: 'See GET /api/v1/vendor-keys; a revoked key never counts again',
  },
  'releases/key-unknown': {
    status: 404,
    says: 'No such vendor key in this tenant',
    remedy: 'List the keys with GET /api/v1/vendor-keys',
  },
  'releases/too-many-keys': {
    status: 409,
    says: 'As many vendor keys count as one signature is compared with',
    remedy: 'Revoke the keys that their manufacturers no longer use',
  },
  'releases/unsigned': {
    status: 422,
    says: 'The artifact came without a manufacturer’s signature, so nothing was stored',
    remedy: 'Send the detached Ed25519 signature in `signature`; `suture release sign` shows how one is made',
  },
  'releases/signature-malformed': {
    status: 422,
    says: 'The signature is not base64 of 64 bytes, so nothing was stored',
    remedy: 'Send the whole content of the signature file; it may have been cut short on its way',
  },
  'releases/signature-wrong': {
    status: 422,
    says: 'No vendor key that counts made this signature over these bytes, so nothing was stored',
    remedy: 'Compare the file with the manufacturer’s, and see that their key is listed and not revoked',
  },
  'releases/artifact-unknown': {
    status: 422,
    says: 'An artifact is named that is not stored here',
    remedy: 'Upload what `artifacts` names with PUT /api/v1/artifacts first',
  },
  'releases/model-unknown': {
    status: 422,
    says: 'A model is named that no device here has',
    remedy: 'Compare `models` with GET /api/v1/models; names are told apart by case and spelling',
  },
  'releases/target-twice': {
    status: 422,
    says: 'One revision of a model is given two artifacts',
    remedy: 'Name each model and revision once',
  },
  'releases/foreign-vendor': {
    status: 422,
    says: 'An artifact is meant for a model whose manufacturer has not signed it with a key that counts',
    remedy: 'Upload the artifact with a signature of the manufacturer that `targets` names',
  },
  'releases/release-unknown': {
    status: 404,
    says: 'No such release in this tenant',
    remedy: 'List the releases with GET /api/v1/releases',
  },
  'releases/not-passed': {
    status: 409,
    says: 'The lab has not passed this release, so it cannot be published',
    remedy: 'Test it with POST /api/v1/lab/runs, and see what the lab found',
  },
  'releases/not-published': {
    status: 409,
    says: 'Only a published release can be deprecated, and only a published or a deprecated one withdrawn',
    remedy:
      'See its state with GET /api/v1/releases/{id}; a draft reaches no device, and a deprecated one can still be withdrawn',
  },
  'releases/over': {
    status: 409,
    says: 'The release was deprecated or withdrawn, and is not published again',
    remedy: 'Make a new release',
  },
  'releases/signer-refused': {
    status: 409,
    says: 'The signer refused to sign this release',
    remedy: 'See `reason` and `detail`; after a mend, publish it again',
  },
} as const satisfies Record<`releases/${string}`, RefusalText>
