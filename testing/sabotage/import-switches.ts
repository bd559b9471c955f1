import type { Fault } from './fault.ts'

/** Faults of taking in SBOMs, which `bill-import-crash.int.test.ts` must notice. */
export const importSwitches: readonly Fault[] = [
  {
    name: 'answer-before-kept',
    means: 'An SBOM is answered first, and stored with its task a moment later',
    edits: [
      {
        file: 'server/inventory/bill-import.operations.ts',
        find: '({ sha256: document, length, keep }) =>\n    withScope(store, scope, async (scoped) => {\n      const at = clock.now()\n      const id = newId(at)\n',
        replace:
          'async ({ sha256: document, length, keep }) => {\n    await keep()\n    const tellLater = (id, at) => withScope(store, scope, async (scoped) => {\n',
      },
      {
        file: 'server/inventory/bill-import.operations.ts',
        find: '      await keep()\n      return mustFindImport(scoped, id)\n    }),\n  )\n}',
        replace: `  })
  const [at, { manufacturer, model, firmware }] = [clock.now(), sent]
  const id = newId(at)
  setTimeout(() => void tellLater(id, at), 5_000)
  const none = { components: null, bill: null, devices: null, overtaken: false, refusal: null, endedAt: null }
  return { ...none, id, manufacturer, model, firmware, document, bytes: length, state: 'waiting', stored: 0, startedAt: at, startedBy: '' }
})
}`,
      },
    ],
  },
]
