import type { TestSwitch } from './fault.ts'

/** Faults of what people decide about failed devices. */
export const retrySwitches: readonly TestSwitch[] = [
  {
    name: 'count-retries',
    means: 'A later try counts for its wave as the first one did',
    edits: [
      {
        file: 'server/deployment/job.operations.ts',
        find: 'if (job.attempt === 1) return [countOf[state]]',
        replace: 'if (job.attempt >= 1) return [countOf[state]]',
      },
    ],
    file: 'server/deployment/retry.int.test.ts',
    test: 'change nothing of what their wave is judged by, however they end',
  },
  {
    name: 'forgive-held',
    means: 'What failed of a revision is forgotten once somebody holds it',
    edits: [
      {
        file: 'server/deployment/judge.ts',
        find: 'wave.strata.filter(({ quarantined }) => !quarantined).map',
        replace: 'wave.strata.filter(({ quarantined, held }) => !quarantined && !held).map',
      },
    ],
    file: 'server/deployment/hold.int.test.ts',
    test: 'lets nobody escape a limit: what failed of it before goes on to count',
  },
  {
    name: 'hold-too-late',
    means: 'A device whose poll began before its revision was held gets its job all the same',
    edits: [{ file: 'server/deployment/claim.operations.ts', find: ' && !barred.has(revision)', replace: '' }],
    file: 'server/deployment/retry-race.int.test.ts',
    test: 'whoever was held while its poll was being answered gets nothing',
  },
]
