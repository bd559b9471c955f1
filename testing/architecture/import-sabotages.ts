import { type Sabotage, sabotage } from './sabotage.ts'

export const imports: readonly Sabotage[] = [
  sabotage(
    'a slice reaching past the index of another',
    'server/lab/operations.ts',
    `import { add } from '#inventory/operations.ts'`,
    '[import] reaches past server/inventory/index.ts to server/inventory/operations.ts',
  ),
  sabotage(
    'a test reaching past the index of another slice',
    'server/lab/lab.int.test.ts',
    `import { add } from '#inventory/operations.ts'`,
    '[import] reaches past server/inventory/index.ts to server/inventory/operations.ts',
  ),
  {
    title: 'a later slice imported by an earlier one',
    adds: {
      'server/risk/index.ts': 'export {}',
      'server/intelligence/operations.ts': `export * from '#risk/index.ts'`,
    },
    says: 'server/intelligence/operations.ts [import] server/intelligence may not import server/risk (server/risk/index.ts)',
  },
  sabotage(
    'a platform file importing a slice, even a type of it',
    'server/platform/http/serve.ts',
    `type At = typeof import('#inventory/index.ts').at`,
    '[import] server/platform/http may not import server/inventory (server/inventory/index.ts)',
  ),
  sabotage(
    'an adapter imported by something other than app.ts',
    'server/host.ts',
    `export const late = () => import('./adapters/ddi/index.ts')`,
    '[import] server/host.ts may not import server/adapters (server/adapters/ddi/index.ts)',
  ),
  sabotage(
    'the command line reaching into the server',
    'cli/serve.ts',
    `import { newId } from '@suture/server/platform/id.ts'`,
    '[import] cli may not import server/platform (server/platform/id.ts)',
  ),
  {
    title: 'the signer importing the operations of signing',
    adds: {
      'server/signing/operations.ts': '',
      'server/signing/signer/main.ts': `import '../operations.ts'`,
    },
    says: 'server/signing/signer/main.ts [import] server/signing/signer may not import server/signing (server/signing/operations.ts)',
  },
  sabotage(
    'an entry point imported',
    'server/signing/signer/key.ts',
    `import './main.ts'`,
    '[import] server/signing/signer/main.ts starts a process: nobody imports it',
  ),
  {
    title: 'a reader of untrusted bytes imported by its own slice, which would run it in the server',
    adds: {
      'server/inventory/sbom/read-cyclonedx.ts': `import type {} from './sbom.ts'`,
      'server/inventory/sbom/sbom.ts': '',
      'server/inventory/sbom/sbom.operations.ts': `import { read } from './read-cyclonedx.ts'`,
    },
    says: 'server/inventory/sbom/sbom.operations.ts [import] server/inventory may not import server/inventory/sbom/read-cyclonedx.ts (server/inventory/sbom/read-cyclonedx.ts)',
  },
  sabotage(
    'Node in what verifies evidence, which browsers run',
    'trust/pack-verification.ts',
    `import { verify } from 'node:crypto'`,
    '[import] imports node:crypto, but trust/pack-verification.ts runs in the browser too',
  ),
  sabotage(
    'Node in the contract, which browsers run',
    'contract/index.ts',
    `import { randomUUID } from 'node:crypto'`,
    '[import] imports node:crypto, but contract runs in the browser too',
  ),
  sabotage(
    'a file that no zone holds',
    'server/helpers.ts',
    'export {}',
    '[drawing] is not in the drawing: no zone of rules.ts holds it',
  ),
  sabotage(
    'a relative import that leads nowhere',
    'server/lab/plan.ts',
    `import type { Rig } from './rig.ts'`,
    '[unresolved] imports ./rig.ts, which leads nowhere',
  ),
  sabotage(
    'a package that the workspace does not declare',
    'server/lab/plan.ts',
    `import lodash from 'lodash/fp'`,
    '[undeclared] imports lodash, which server does not declare',
  ),
  sabotage(
    'another workspace reached by a path',
    'server/platform/http/serve.ts',
    `import '../../../contract/index.ts'`,
    '[undeclared] reaches into the workspace contract by a path; import @suture/contract instead',
  ),
  {
    title: 'a circle among files, made of types alone',
    adds: {
      'trust/index.ts': `export type { A } from './a.ts'`,
      'trust/a.ts': `import type { B } from './b.ts'`,
      'trust/b.ts': `import type {} from './index.ts'`,
    },
    says: 'trust/a.ts [cycle] imports itself in a circle: trust/a.ts → trust/b.ts → trust/index.ts → trust/a.ts',
  },
]
