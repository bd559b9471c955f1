export type Files = Readonly<Record<string, string>>

/** A package.json with these dependencies. */
export const manifest = (name: string, dependencies: readonly string[], more: object = {}) =>
  JSON.stringify({ name, dependencies: Object.fromEntries(dependencies.map((each) => [each, '1.0.0'])), ...more })

/** A small tree in which everything stands where the drawing wants it, one file of every kind. */
const healthy: Files = {
  'package.json': manifest('suture', ['vitest']),
  'server/package.json': manifest('@suture/server', ['@suture/contract', '@suture/trust', 'kysely', 'fastify', 'zod'], {
    imports: { '#*': './*' },
  }),
  'contract/package.json': manifest('@suture/contract', ['zod']),
  'trust/package.json': manifest('@suture/trust', ['canonicalize']),
  'cli/package.json': manifest('@suture/cli', ['@suture/server']),
  'contract/index.ts': `import { z } from 'zod'\nexport const uid = z.uuid()`,
  'trust/index.ts': `import { createHash } from 'node:crypto'\nimport canonicalize from 'canonicalize'`,
  'server/app.ts': `import { adapter } from '#adapters/ddi/index.ts'\nimport { routes } from '#inventory/routes.ts'`,
  'server/host.ts': `import { app } from '#app.ts'`,
  'server/main.ts': `import { serve } from './host.ts'\nawait import('./app.ts')`,
  'cli/serve.ts': `import { serve } from '@suture/server/host.ts'`,
  'server/platform/clock.ts': `export const systemClock = { now: () => new Date() }`,
  'server/platform/id.ts': `import { randomBytes } from 'node:crypto'`,
  'server/platform/http/serve.ts': `import fastify from 'fastify'`,
  'server/platform/database/schema.ts': `export interface TenantTables {}`,
  'server/platform/database/store.ts': `import { sql } from 'kysely'\nexport const made = {} as Scoped\nsql\`select 1\``,
  'server/platform/auth/session.queries.ts': `export const end = (s) => s.db.deleteFrom('platform_session')`,
  'server/inventory/device.ts': `import { newId } from '#platform/id.ts'\nimport { uid } from '@suture/contract/index.ts'\nexport const at = (s: string) => new Date(s)`,
  'server/inventory/tables.ts': `import type { at } from './device.ts'\ndeclare module '#platform/database/schema.ts' { interface TenantTables { a: 1 } }`,
  'server/inventory/device.queries.ts': `import { sql } from 'kysely'\nimport { at } from './device.ts'\nexport const add = (s) => s.db.insertInto('inventory_device as d')\nexport const age = sql\`update inventory_device d set age = 1\`\nexport const viewDevices = (s) => s.db.selectFrom('deployment_job')`,
  'server/inventory/operations.ts': `import { add } from './device.queries.ts'\nimport { systemClock } from '#platform/clock.ts'`,
  'server/inventory/routes.ts': `import { add } from './operations.ts'\nimport { viewDevices } from './device.queries.ts'\nimport { serve } from '#platform/http/serve.ts'`,
  'server/inventory/index.ts': `export { at } from './device.ts'\nexport type { add } from './operations.ts'`,
  'server/lab/plan.ts': `import type { at } from '#inventory/index.ts'\nexport const prose = 'Select a device from the list, or update it: set a name.'`,
  'server/lab/operations.ts': `import { at } from '#inventory/index.ts'\nimport type { Link } from '#adapters/port.ts'`,
  'server/lab/lab.int.test.ts': `import { test } from 'vitest'\nimport { app } from '#app.ts'\nimport '../../testing/clock.ts'\nconst now = new Date()`,
  'server/adapters/port.ts': `export interface Link {}`,
  'server/adapters/ddi/index.ts': `import type { Link } from '../port.ts'\nimport { at } from '#inventory/index.ts'`,
  'server/signing/statement.ts': `import { newId } from '#platform/id.ts'`,
  'server/signing/signer/main.ts': `import { s } from '../statement.ts'\nexport const q = 'select id from signing_request for update'`,
  'testing/clock.ts': `import { test } from 'vitest'\nexport const wipe = 'delete from inventory_device'`,
  'migrations/0001.sql': `create table platform_tenant (id int);\ncreate table inventory_device (id int);\nalter table inventory_device enable row level security, force row level security;`,
}

/** The healthy tree after something was done to it: text is appended to a file, a manifest is replaced. */
export function after(adds: Files): ReadonlyMap<string, string> {
  const files = new Map(Object.entries(healthy))
  for (const [path, text] of Object.entries(adds)) {
    const before = path.endsWith('.json') ? undefined : files.get(path)
    files.set(path, before === undefined ? text : `${before}\n${text}`)
  }
  return files
}
