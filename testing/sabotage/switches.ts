/** One piece of one source file that is replaced; the text must occur there exactly once. */
interface Edit {
  /** Relative to the repository. */
  readonly file: string
  readonly find: string
  readonly replace: string
}

/** One fault put into the product on purpose: a checker that stays green under it proves nothing. */
export interface Switch {
  readonly name: string
  /** What the product does wrong under it. */
  readonly means: string
  readonly edits: readonly Edit[]
}

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
  },
  {
    name: 'drop-silence',
    means: 'A device that falls silent is counted neither as a failure nor as a success',
    edits: [{ file: 'server/deployment/job.ts', find: "  silent: 'silent',\n", replace: "  silent: 'other',\n" }],
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
  },
  {
    name: 'lose-feedback',
    means: 'What a device said is acknowledged and not kept',
    edits: [
      {
        file: 'server/deployment/courier.operations.ts',
        find: '  await insertFeedback(scoped, job, { at, execution, finished, code, details, isLast: isEnd })\n',
        replace: '',
      },
    ],
  },
]
