import type { TestSwitch } from './fault.ts'

/** Faults of how calls are answered and connections are kept. */
export const httpSwitches: readonly TestSwitch[] = [
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
]
