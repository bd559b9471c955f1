import type { Switch } from './fault.ts'

/** Faults that the checker of the demo is to notice. */
export const switches: readonly Switch[] = [
  {
    name: 'trust-reports',
    means: 'A device that says that it succeeded is believed, whatever was read from it',
    edits: [
      {
        file: 'server/deployment/verification/compare.ts',
        find: '  if (last !== outcome) return { again: true }\n',
        replace:
          "  if (claim === 'success') return { step: { kind: 'verify' } }\n  if (last !== outcome) return { again: true }\n",
      },
    ],
    seen: /\(lying\) is verified, and was disputed/,
  },
  {
    name: 'drop-silence',
    means: 'A device that falls silent is counted neither as a failure nor as a success',
    edits: [{ file: 'server/deployment/job.ts', find: "  silent: 'silent',\n", replace: "  silent: 'other',\n" }],
    seen: /devices died and their revision was not quarantined/,
  },
  {
    name: 'skip-second-approval',
    means: 'One approval is enough, for the server and for the signer',
    edits: [
      {
        file: 'server/deployment/approval.operations.ts',
        find: 'export const approversNeeded = 2',
        replace: 'export const approversNeeded = 1',
      },
      {
        file: 'server/signing/signer/rules.ts',
        find: 'const approversNeeded = 2',
        replace: 'const approversNeeded = 1',
      },
    ],
    seen: /1 people had approved when the first device was offered/,
  },
  {
    name: 'ignore-waves',
    means: 'Every wave is offered at once, whatever became of the one before',
    edits: [
      {
        file: 'server/deployment/claim.operations.ts',
        find: 'wave !== undefined && wave <= row.open_wave && ',
        replace: 'wave !== undefined && ',
      },
      {
        file: 'server/deployment/claim.operations.ts',
        find: 'wave <= (still.get(rollout)?.open_wave ?? 0)',
        replace: 'wave <= (still.has(rollout) ? 64 : 0)',
      },
    ],
    seen: /devices of the bad cell were touched/,
  },
  {
    name: 'lose-feedback',
    means: 'What a device said is acknowledged and not kept',
    edits: [
      {
        file: 'server/deployment/courier.operations.ts',
        find: 'await insertFeedback(scoped, at, heard.map(wordOf))',
        replace: 'await insertFeedback(scoped, at, heard.map(wordOf).slice(0, 0))',
      },
    ],
    seen: /its end was taken, the history has 0/,
  },
  {
    name: 'offer-twice',
    means: 'A device whose passage has ended without the new version is offered the same once more',
    edits: [
      {
        file: 'server/deployment/claim.queries.ts',
        find: ".select(['device_id', 'rollout_id'])",
        replace: ".select(['device_id', 'rollout_id']).where('version_before', '=', 'once more')",
      },
      {
        file: 'server/deployment/claim.queries.ts',
        find: "conflict.columns(['tenant_id', 'device_id', 'rollout_id', 'attempt']).doNothing()",
        replace: `conflict.columns(['tenant_id', 'device_id', 'rollout_id', 'attempt']).doUpdateSet((eb) => ({
          id: eb.ref('excluded.id'), action_id: eb.ref('excluded.action_id'), state: 'offered', version_before: 'once more',
          claim: null, class: null, read_after: null, ended_at: null,
          offered_at: eb.ref('excluded.offered_at'), last_word_at: eb.ref('excluded.last_word_at'), deaf_ms: eb.ref('excluded.deaf_ms'),
        }))`,
      },
    ],
    seen: /was offered the update 2 times/,
  },
  {
    name: 'ignore-quarantine',
    means: 'A quarantined revision is named as such, and offered the update all the same',
    edits: [
      {
        file: 'server/deployment/claim.operations.ts',
        find: '  if (own.some(isLeftOut)) return undefined\n',
        replace: '',
      },
      { file: 'server/deployment/claim.operations.ts', find: ' && !barred.has(revision)', replace: '' },
    ],
    seen: /devices of the bad cell were touched/,
  },
  {
    name: 'forget-readings',
    means: 'What was read from a device ends its job, and changes neither its bill nor its findings',
    edits: [
      {
        file: 'server/deployment/verification/observe.operations.ts',
        find: '  if (firmware === undefined) return undefined\n',
        replace: '  if (deviceId > 0) return undefined\n',
      },
    ],
    seen: /runs 12\.38\.1, the database has 12\.36/,
  },
  {
    name: 'flatter-evidence',
    means: 'Evidence has every device that ended as verified',
    edits: [
      {
        file: 'server/compliance/evidence/evidence.ts',
        find: "  state: told.state as DeviceResult['state'],\n",
        replace: "  state: told.state === 'not-offered' ? told.state : 'verified',\n",
      },
    ],
    seen: /The evidence has \S+ as verified, the database as (disputed|silent|rolled-back)/,
  },
  {
    name: 'pass-broken',
    means: 'The lab passes a release as soon as one rig came through',
    edits: [
      {
        file: 'server/lab/verdict.ts',
        find: 'trials.every((each) => each.passed)',
        replace: 'trials.some((each) => each.passed)',
      },
    ],
    seen: /The lab passed 12\.38, which rig-c-\d+ never ran/,
  },
]
