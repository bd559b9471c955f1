import type { TestSwitch } from './fault.ts'

/** Faults of the query language. */
export const querySwitches: readonly TestSwitch[] = [
  {
    name: 'unescaped-pattern',
    means: 'A text in a query may stand for others, by the signs that the database has for it',
    edits: [
      {
        file: 'server/platform/database/conditions.ts',
        find: "pattern.map((piece) => piece.replaceAll(/[\\\\%_]/g, '\\\\$&')).join('%')",
        replace: "pattern.map((piece) => piece).join('%')",
      },
    ],
    file: 'server/device-query.int.test.ts',
    test: 'finds the device that is called so, and no other',
  },
  {
    name: 'ask-without-right',
    means: 'Whoever may not see something may find out by asking for it',
    edits: [
      {
        file: 'server/platform/http/query.ts',
        find: 'if (may !== undefined && !permissions.has(may))',
        replace: 'if (may !== undefined && permissions.size === 0)',
      },
    ],
    file: 'server/device-query-rights.int.test.ts',
    test: 'may not ask for it either',
  },
  {
    name: 'forget-the-unknown',
    means: 'What is not known fits neither a query nor its negation',
    edits: [
      {
        file: 'server/inventory/device-query.queries.ts',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of the code.
        find: 'not coalesce(${await conditionOf(query.of, fields, scoped)}, false)',
        // biome-ignore lint/suspicious/noTemplateCurlyInString: it is the text of the code.
        replace: 'not ${await conditionOf(query.of, fields, scoped)}',
      },
    ],
    file: 'server/device-query.int.test.ts',
    test: 'finds exactly those of which it is so, as somebody finds who looks at the list',
  },
  {
    name: 'unreadable-is-older',
    means: 'A version that nobody can read comes before every other',
    edits: [
      {
        file: 'server/inventory/version-test.ts',
        find: '      return key !== undefined && isSo(Buffer.compare(key, bound as Uint8Array))',
        replace: '      return isSo(key ? Buffer.compare(key, bound as Uint8Array) : -1)',
      },
    ],
    file: 'server/device-query.int.test.ts',
    test: 'takes a version for the same that is written otherwise, and none for one that nobody can read',
  },
]
