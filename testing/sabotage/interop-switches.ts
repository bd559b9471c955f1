import type { TestSwitch } from './fault.ts'

/** Faults under which a third-party client must be seen to fail. */
export const interopSwitches: readonly TestSwitch[] = [
  {
    name: 'believe-claims',
    means: 'What a device claims of itself counts as if we had read it',
    edits: [
      {
        file: 'server/inventory/fact.ts',
        find: "assurance !== 'claimed'\n",
        replace: "assurance !== 'attested'\n",
      },
    ],
    file: 'interop/swupdate.test.ts',
    test: 'is not believed when it claims to run what nobody has read',
  },
  {
    name: 'trust-success',
    means: 'A device that says that it succeeded is verified whatever was read from it',
    edits: [
      {
        file: 'server/deployment/verification/compare.ts',
        find: '  if (last !== outcome) return { again: true }\n',
        replace:
          "  if (claim === 'success') return { step: { kind: 'verify' } }\n  if (last !== outcome) return { again: true }\n",
      },
    ],
    file: 'interop/swupdate.test.ts',
    test: 'that is told to skip reports success, and that success is disputed',
  },
  {
    name: 'ignore-ranges',
    means: 'A download always begins at the beginning',
    edits: [
      {
        file: 'server/adapters/ddi/range.ts',
        find: "return { kind: 'whole' }\n  const [, from",
        replace: "return { kind: 'whole' }\n  if (length > 0) return { kind: 'whole' }\n  const [, from",
      },
    ],
    file: 'interop/swupdate.test.ts',
    test: 'goes on with a download that was cut, from where it was cut',
  },
  {
    name: 'lose-cancellations',
    means: 'A device is never told that it is called back',
    edits: [
      {
        file: 'server/adapters/ddi/documents.ts',
        find: "assignment?.kind === 'cancel' ? {",
        replace: "assignment?.kind === 'cancel' && sleep === '' ? {",
      },
    ],
    file: 'interop/swupdate.test.ts',
    test: 'called back before it began drops the update',
  },
  {
    name: 'writes-at-once',
    means: 'A device that says that it is at work counts as writing from the first word',
    edits: [
      {
        file: 'server/deployment/courier.operations.ts',
        find: "return state === 'offered' || state === 'downloading' ? 'downloading' : 'installing'",
        replace: "return state === 'cancelling' ? 'downloading' : 'installing'",
      },
    ],
    file: 'interop/swupdate.test.ts',
    test: 'called back while it downloads stops, and installs nothing',
  },
  {
    name: 'any-token',
    means: 'Whatever a device shows is taken for its secret',
    edits: [{ file: 'server/inventory/known.queries.ts', find: 'else s.hash = a.hash end', replace: 'else true end' }],
    file: 'interop/swupdate.test.ts',
    test: 'with a wrong token is told nothing but 401, and does not disturb the device that has the right one',
  },
  {
    name: 'skip-when-over',
    means: 'Offers say skip, as other servers do outside of a maintenance window',
    edits: [{ file: 'server/adapters/ddi/documents.ts', find: "update: 'forced'", replace: "update: 'skip'" }],
    file: 'interop/swupdate.test.ts',
    test: 'is never told to skip: when the time of a rollout is over, it is called back',
  },
]
