import type { CheckName } from './verify/messages.ts'

/** What each check looks at, and what it means when it fails. */
export const checks: Readonly<Record<CheckName, { readonly looks: string; readonly fails: string }>> = {
  file: {
    looks: 'The file is one pack, and every parser reads it alike',
    fails: 'This is no pack, or it was cut or edited. Nothing else in it was looked at.',
  },
  statement: {
    looks: 'The evidence key signed the statement',
    fails: 'Somebody changed the statement, or another signer made it. Nothing that the pack says counts.',
  },
  plan: {
    looks: 'The plan key signed the plan that the statement names',
    fails: 'It is not known what was approved.',
  },
  release: {
    looks: 'The release key signed the release of the plan, with the same artifacts',
    fails: 'It is not known which bytes the devices were given.',
  },
  verdict: {
    looks: 'The lab’s verdict is the one that the release and the statement name',
    fails: 'The lab passed something else, or nothing.',
  },
  approvals: {
    looks: 'Each approver signed this very plan, and none of them made it',
    fails: 'The plan was not approved by the people whom the statement names.',
  },
  proofs: {
    looks: 'All proofs are, byte for byte, those that the statement was signed with',
    fails: 'A proof was exchanged after the statement was signed.',
  },
  results: {
    looks: 'The results are those of the statement, and none promises more than is known',
    fails: 'What became of the devices was changed after it was signed, or cannot be true.',
  },
  findings: {
    looks: 'The closed findings are those of the statement, each on a verified device',
    fails: 'Which findings were closed was changed after it was signed, or cannot be true.',
  },
}
