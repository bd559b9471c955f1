import type { SigningPurpose } from '@suture/contract/signing.ts'

/** What has to be got past before a device is offered bytes, in this order; the server and the signer refuse without. */
export const stitches = [
  { name: 'Maker’s signature', says: 'no artifact is stored without one by a vendor key that counts' },
  { name: 'Lab’s verdict', says: 'no release is signed unless an enrolled lab passed exactly its artifacts' },
  { name: 'Two approvals', says: 'by two enrolled people, of exactly this plan; its maker does not count' },
  { name: 'Signer', says: 'a process of its own checks verdict and approvals again, by a roster outside the database' },
  { name: 'Check at the offer', says: 'a plan is offered only if it verifies with the signer’s public key' },
] as const

/** On which condition the signer uses each of its keys. */
export const conditions: Readonly<Record<SigningPurpose, { readonly signs: string; readonly once: string }>> = {
  'rollout-plan': {
    signs: 'Rollout plans',
    once: 'two enrolled people other than the maker approved exactly these bytes, and the release is one that the signer signed',
  },
  'release-publish': {
    signs: 'Releases',
    once: 'an enrolled lab signed a passed verdict on exactly these artifacts',
  },
  evidence: {
    signs: 'Evidence of rollouts',
    once: 'plan and release are its own, and exactly the people who approved are named; the results are the server’s word',
  },
}

interface Theft {
  readonly stolen: string
  readonly gives: string
  readonly stops: string
  readonly ends: string
}

/** What each theft comes to, as SECURITY.md tells it: what it gives, what it stops at, and what ends it. */
export const thefts: readonly Theft[] = [
  {
    stolen: 'A session or a password',
    gives: 'What the person’s roles allow. An admin’s also makes accounts and tokens, which outlive it.',
    stops: 'It is no approval: that needs a key which lies on an approver’s own machine.',
    ends: 'Any change to the person, or a new invitation; then the tokens and accounts that the record names.',
  },
  {
    stolen: 'A machine token',
    gives: 'What it was given, as far as its maker still holds it.',
    stops: 'It makes no token and no account, and approves nothing.',
    ends: 'Revoking it, or disabling its maker.',
  },
  {
    stolen: 'Writing to the database',
    gives: 'Every account, the record itself, and requests that the signer will refuse.',
    stops: 'Approvals and verdicts count by keys that are not in the database, so no plan and no release gets signed.',
    ends: 'Restoring it. The signer’s journal lies elsewhere and says what was signed.',
  },
  {
    stolen: 'A vendor’s key',
    gives: 'Artifacts that pass for the manufacturer’s.',
    stops: 'The lab still has to pass them, and two people to approve the rollout.',
    ends: 'Revoking it: nothing that it alone signed is published after that.',
  },
  {
    stolen: 'The lab’s key',
    gives: 'A verdict on a release that was never tested, or did not pass.',
    stops: 'Two people still have to approve the plan, and its waves still stop by what is read from devices.',
    ends: 'Revoking it in a ceremony.',
  },
  {
    stolen: 'One approver’s key',
    gives: 'One of the two approvals.',
    stops: 'The second is somebody else’s key, and the maker of the plan does not count.',
    ends: 'Revoking it in a ceremony; it holds for the next decision.',
  },
  {
    stolen: 'The server',
    gives: 'All of the above at once, false results in evidence, and a false picture of a plan.',
    stops:
      'Nothing runs that two people did not approve by its digest, provided that the signer runs as another user. Started as the server’s child, the signer falls with it.',
    ends: 'Rebuilding the machine, with new secrets for everyone.',
  },
  {
    stolen: 'The signer’s home with its passphrase',
    gives: 'Signatures over anything.',
    stops: 'It holds no approver’s key.',
    ends: 'A new home with new keys and a new ceremony. Everything that trusts the old keys has to be told.',
  },
]
