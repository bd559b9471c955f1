import type { TestSwitch } from './fault.ts'

/** Faults of taking SBOMs in turn, as the tests of the inventory are to notice. */
export const sbomSwitches: readonly TestSwitch[] = [
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
]
