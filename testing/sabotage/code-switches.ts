import type { TestSwitch } from './fault.ts'
import { httpSwitches } from './http-switches.ts'
import { querySwitches } from './query-switches.ts'
import { retrySwitches } from './retry-switches.ts'
import { sbomSwitches } from './sbom-switches.ts'

/** Faults that a test of the product's own code is to notice. */
export const codeSwitches: readonly TestSwitch[] = [
  ...httpSwitches,
  ...sbomSwitches,
  ...querySwitches,
  ...retrySwitches,
  {
    name: 'forget-restore',
    means: 'After a restore jobs are given out as if no time had been lost',
    edits: [
      {
        file: 'server/platform/database/epoch.ts',
        find: '  return restoredAt ? {',
        replace: '  return restoredAt && settledAt === restoredAt ? {',
      },
    ],
    file: 'server/restored-rollout.int.test.ts',
    test: 'a rollout that a restore falls into ends verified for every device, and each installs exactly once',
  },
  {
    name: 'smear-backup',
    means: 'Each table is backed up as it is when its turn comes',
    edits: [
      {
        file: 'server/platform/backup/create.ts',
        find: "isolation level repeatable read read only')\n    const migrations",
        replace: "isolation level read committed read only')\n    const migrations",
      },
    ],
    file: 'server/platform/backup/backup.int.test.ts',
    test: 'a backup is one moment, though the server writes meanwhile',
  },
  {
    name: 'forget-short-downtime',
    means: 'Only a long absence of the server is kept apart from the silence of devices',
    edits: [
      {
        file: 'server/deployment/rollout.queries.ts',
        find: 'pause > (isFresh ? 0 : deafAfterMs)',
        replace: 'pause > (isFresh ? deafAfterMs : deafAfterMs)',
      },
    ],
    file: 'server/deployment/tick.int.test.ts',
    test: 'is not taken for their silence however short it was, once it is known',
  },
  {
    name: 'wait-no-longer',
    means: 'What devices are waited for before the last wave ends runs on while the server is away',
    edits: [
      {
        file: 'server/deployment/rollout.queries.ts',
        find: '...(wasDeaf ? { since: now } : {})',
        replace: '...(wasDeaf ? { at: now } : {})',
      },
    ],
    file: 'server/deployment/tick.int.test.ts',
    test: 'gives whoever has not come for the last wave as long again as the plan waits',
  },
  {
    name: 'open-sandbox',
    means: 'What reads untrusted bytes may do what the server may',
    edits: [
      {
        file: 'server/platform/sandbox/launch.ts',
        find: "    '--permission',\n",
        replace: '',
      },
    ],
    file: 'server/platform/sandbox/sandbox.int.test.ts',
    test: 'read a file that is no code',
  },
  {
    name: 'believe-the-reader',
    means: 'How a reader ended is not looked at',
    edits: [
      {
        file: 'server/platform/sandbox/run.ts',
        find: "  if (signal === 'SIGKILL' || signal === 'SIGTERM')",
        replace: "  if (signal === 'SIGTERM')",
      },
    ],
    file: 'server/bombs.int.test.ts',
    test: 'a reader that is killed while it reads an upload is a refusal of that upload, and the next one is read',
  },
  {
    name: 'die-of-silence',
    means: 'A child that speaks to a server that was just killed ends by a fault of its own',
    edits: [{ file: 'server/platform/keeper.ts', find: '?.(word, () => undefined)', replace: '?.(word)' }],
    file: 'server/platform/supervise.test.ts',
    test: 'a child whose keeper was killed just before it speaks ends in order all the same',
  },
  {
    name: 'open-to-the-terminal',
    means: 'Ctrl-C in the terminal of the server ends what reads for it',
    edits: [
      {
        file: 'server/platform/sandbox/launch.ts',
        find: "detached: process.platform !== 'win32'",
        replace: "detached: process.platform === 'win32'",
      },
    ],
    file: 'server/platform/sandbox/sandbox.int.test.ts',
    test: 'a reader is not in the process group of the server, whose terminal would end it',
  },
  {
    name: 'silent-restore',
    means: 'Nobody is told of a restore',
    edits: [
      {
        file: 'server/platform/events/restored.ts',
        find: 'if (!fence || fence.hasStarted) return',
        replace: 'if (!fence || fence.restoredAt) return',
      },
    ],
    file: 'server/restored-rollout.int.test.ts',
    test: 'a rollout that a restore falls into ends verified for every device, and each installs exactly once',
  },
  {
    name: 'newer-format',
    means: 'A backup of a newer form is read as if it were one of ours',
    edits: [
      {
        file: 'server/platform/backup/reader.ts',
        find: 'if (version > formatVersion)',
        replace: 'if (version > formatVersion + 1)',
      },
    ],
    file: 'server/platform/backup/backup.int.test.ts',
    test: 'a backup that somebody put together is held to its form, however well it is closed',
  },
  {
    name: 'shared-fate',
    means: 'What fails in one tenant fails for whoever asked at the same time',
    edits: [
      {
        file: 'server/platform/coalesce.ts',
        find: 'partOf(question)).values()',
        replace: 'partOf(question) !== partOf).values()',
      },
    ],
    file: 'server/platform/coalesce.test.ts',
    test: 'fail with those that they belong to, and with no others',
  },
]
