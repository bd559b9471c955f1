import type { TestSwitch } from './fault.ts'

/** Faults that a test of the product's own code is to notice. */
export const codeSwitches: readonly TestSwitch[] = [
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
    name: 'answer-apart',
    means: 'What a call makes is committed before its answer is kept',
    edits: [
      {
        file: 'server/platform/http/repeat.ts',
        find: `    await withScope(transaction.store, scope, (scoped) => keepAnswer(scoped, keyed.place, kept))
    await transaction.commit()
`,
        replace: `    await transaction.commit()
    await withScope(parts.store, scope, (scoped) => keepAnswer(scoped, keyed.place, kept))
`,
      },
    ],
    file: 'server/platform/http/repeat.int.test.ts',
    test: 'what was created is not there without its answer: neither is, when the answer cannot be kept',
  },
  {
    name: 'do-it-again',
    means: 'A call that comes again under its key is done again',
    edits: [
      {
        file: 'server/platform/http/repeat.ts',
        find: '  if (before !== undefined) return before\n',
        replace: '  if (before !== undefined) return create(parts.store)\n',
      },
    ],
    file: 'server/platform/http/repeat.int.test.ts',
    test: 'is answered with the same bytes, and done once',
  },
  {
    name: 'edit-blindly',
    means: 'An edit is made whatever became of the thing since it was looked at',
    edits: [
      {
        file: 'server/platform/http/etag.ts',
        find: "if (ifMatch.trim() !== '*' && !meansThis(ifMatch, before))",
        replace: "if (ifMatch.trim() === '' && !meansThis(ifMatch, before))",
      },
    ],
    file: 'server/platform/http/etag.int.test.ts',
    test: 'is refused when somebody else was faster, and changes nothing',
  },
  {
    name: 'wait-for-headers',
    means: 'Headers may come as slowly as they like',
    edits: [
      {
        file: 'server/platform/http/sockets.ts',
        find: 'server.headersTimeout = headersMs',
        replace: 'server.headersTimeout = headersMs * 0',
      },
    ],
    file: 'server/platform/http/sockets.int.test.ts',
    test: 'when its headers come a letter at a time',
  },
  {
    name: 'keep-idle',
    means: 'Connections that are only kept for later make no room for others',
    edits: [
      {
        file: 'server/platform/http/sockets.ts',
        find: "server.on('drop', () => server.closeIdleConnections())",
        replace: "server.on('drop', () => undefined)",
      },
    ],
    file: 'server/platform/http/sockets.int.test.ts',
    test: 'those that are only kept for later make some, and who is served is not disturbed',
  },
  {
    name: 'overfull-bucket',
    means: 'Who asks too often is let in all the same for a while',
    edits: [
      {
        file: 'server/platform/http/buckets.ts',
        find: 'const waitMs = fullAt - now - 60_000',
        replace: 'const waitMs = fullAt - now - 61_000',
      },
    ],
    file: 'server/platform/http/buckets.test.ts',
    test: 'in no stretch of time does anybody get more than a bucket and what flows into it',
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
    name: 'no-end-of-imports',
    means: 'As many SBOMs may wait as anybody sends',
    edits: [
      {
        file: 'server/inventory/bill-import.operations.ts',
        find: '(await countUnderWay(scoped)) >= most.underWay)',
        replace: '(await countUnderWay(scoped)) >= most.underWay * 2)',
      },
    ],
    file: 'server/inventory/bill-import.int.test.ts',
    test: 'beyond a hundred that wait no more are taken, until some are done',
  },
  {
    name: 'keep-then-count',
    means: 'An SBOM gets its file before it is known whether there is room for it',
    edits: [
      {
        file: 'server/inventory/bill-import.operations.ts',
        find: '      await holdImports(scoped)\n',
        replace: '      await keep()\n      await holdImports(scoped)\n',
      },
      {
        file: 'server/inventory/bill-import.operations.ts',
        find: '      await keep()\n      return mustFindImport',
        replace: '      return mustFindImport',
      },
    ],
    file: 'server/inventory/bill-import.int.test.ts',
    test: 'of SBOMs whose bytes end at once no more are kept than there is room for, and of the others no file is left',
  },
  {
    name: 'sboms-without-a-day',
    means: 'A tenant may send as many bytes of SBOMs as it likes',
    edits: [
      {
        file: 'server/inventory/bill-import.operations.ts',
        find: '  if (!last) return\n',
        replace: '  if (last || !last) return\n',
      },
    ],
    file: 'server/inventory/bill-import.int.test.ts',
    test: 'within a day 4 GiB of SBOMs come and not a byte more; whoever sends more is told when there is room again',
  },
  {
    name: 'count-at-once',
    means: 'SBOMs that are stored at the same time do not see each other',
    edits: [
      {
        file: 'server/inventory/bill-import.operations.ts',
        find: '      await holdImports(scoped)\n',
        replace: '',
      },
    ],
    file: 'server/inventory/bill-import.int.test.ts',
    test: 'of SBOMs whose bytes end at once no more are kept than there is room for, and of the others no file is left',
  },
  {
    name: 'blame-the-document',
    means: 'What the disk has spoilt is told of the document',
    edits: [
      {
        file: 'server/inventory/take-sbom.operations.ts',
        find: 'if ((await sha256OfFile(taking.blobs.path(document))) !== document) throw spoilt(document)',
        replace: 'if (document === "") throw spoilt(document)',
      },
    ],
    file: 'server/inventory/take-sbom.int.test.ts',
    test: 'bytes that the disk has spoilt are a fault of ours, and the import goes on once they are mended',
  },
  {
    name: 'last-come',
    means: 'The SBOM that is taken last counts, and not the one that was sent last',
    edits: [
      {
        file: 'server/inventory/take-sbom.operations.ts',
        find: 'if (await isOvertaken(scoped, row)) return',
        replace: 'if (modelId < 0 && (await isOvertaken(scoped, row))) return',
      },
    ],
    file: 'server/inventory/take-sbom.int.test.ts',
    test: 'of two SBOMs of one firmware the one that was sent last counts, in whichever order they are taken',
  },
  {
    name: 'end-twice',
    means: 'An import that has ended is begun again',
    edits: [
      {
        file: 'server/inventory/bill-import.ts',
        find: '  done: {},\n',
        replace: "  done: { begin: () => ({ kind: 'reading' }) },\n",
      },
    ],
    file: 'server/inventory/take-sbom.int.test.ts',
    test: 'one that has ended is not read again',
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
