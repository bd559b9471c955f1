import { manifest } from './healthy.ts'
import { imports } from './import-sabotages.ts'
import { type Sabotage, sabotage } from './sabotage.ts'

const pure = '[purity] a domain file is pure'
const inside: readonly Sabotage[] = [
  ...['kysely', 'fastify', 'node:fs'].map((name) =>
    sabotage(
      `a domain file importing ${name}`,
      'server/lab/plan.ts',
      `import type { X } from '${name}'`,
      `${pure} and may not import ${name}`,
    ),
  ),
  ...['Date.now()', 'new Date()'].map((call) =>
    sabotage(
      `a domain file calling ${call}`,
      'server/lab/plan.ts',
      `export const t = () => ${call}`,
      `${pure}: pass what ${call} would say`,
    ),
  ),
  sabotage(
    'a domain file running the code of another slice',
    'server/lab/plan.ts',
    `import { at as other } from '#inventory/index.ts'`,
    '[role] a file of domain takes nothing but types from server/inventory/index.ts',
  ),
  sabotage(
    'a domain file importing queries',
    'server/inventory/place.ts',
    `import { add } from './device.queries.ts'`,
    '[role] a file of domain may not import one of queries (server/inventory/device.queries.ts)',
  ),
  sabotage(
    'an operation importing routes',
    'server/inventory/place.operations.ts',
    `import { routes } from '#inventory/routes.ts'`,
    '[role] a file of operations may not import one of routes (server/inventory/routes.ts)',
  ),
  sabotage(
    'a route writing through queries',
    'server/inventory/routes.ts',
    `import { viewDevices as v, add as put } from './device.queries.ts'`,
    '[role] a file of routes reads through view… queries alone, not viewDevices, add',
  ),
]

const data: readonly Sabotage[] = [
  ...[
    `export const q = (s) => s.db.selectFrom('lab_rig')`,
    `import { sql } from 'kysely'\nexport const q = sql\`now()\``,
    `export const q = \`\n  select r.id from lab_rig r\``,
    `export const q = 'update lab_rig set busy = true'`,
  ].map((text, at) =>
    sabotage(
      `SQL outside the queries (${['builder', 'tag', 'template', 'string'][at]})`,
      'server/lab/operations.ts',
      text,
      `[sql] SQL (${['selectFrom', 'sql``', 'select r.id', 'update lab_rig'][at]}) belongs in a *.queries.ts`,
    ),
  ),
  ...[
    `export const q = (s) => s.db.with('x', (db) => db.updateTable('inventory_device as d').set({}))`,
    `export const q = 'with gone as (delete from only public.inventory_device returning id) select id from gone'`,
    `export const q = \`insert into "inventory_device" (id) values (\${1})\``,
    `export const q = (s) => s.db.mergeInto('inventory_device')`,
  ].map((text, at) =>
    sabotage(
      `a write to the table of another slice (${['builder', 'with … delete', 'insert', 'merge'][at]})`,
      'server/lab/rig.queries.ts',
      text,
      '[writer] writes inventory_device, which only server/inventory writes',
    ),
  ),
  sabotage(
    'a write to a table of nobody',
    'server/lab/rig.queries.ts',
    `export const q = (s) => s.db.insertInto('rig')`,
    '[writer] writes rig, whose prefix names no slice',
  ),
  sabotage(
    'a write to a table whose name is computed',
    'server/lab/rig.queries.ts',
    'export const q = (s, table) => s.db.insertInto(table)',
    '[writer] writes a table whose name is computed, so nobody can tell whose it is',
  ),
  ...['{} as Scoped', '<Scoped>{}', '{} as unknown as Readonly<Scoped>'].map((cast) =>
    sabotage(
      `a scope forged by ${cast}`,
      'server/lab/operations.ts',
      `export const s = ${cast}`,
      `[scope] forges a scope by a cast to ${cast.includes('Readonly') ? 'Readonly<Scoped>' : 'Scoped'}; only withScope makes one`,
    ),
  ),
  sabotage(
    'a scope forged under another name',
    'server/lab/operations.ts',
    `import type { Scoped as S } from '#platform/database/store.ts'\nexport const s = {} as S`,
    '[scope] forges a scope by a cast to S; only withScope makes one',
  ),
]

const declared: readonly Sabotage[] = [
  ...['contract', 'trust'].map((name) =>
    sabotage(
      `a dependency of ${name} that the drawing does not list`,
      `${name}/package.json`,
      manifest(`@suture/${name}`, ['zod', 'canonicalize']),
      `[budget] ${name} may depend on ${name === 'trust' ? 'canonicalize' : 'zod'} alone, not on ${name === 'trust' ? 'zod' : 'canonicalize'}`,
    ),
  ),
  sabotage(
    'a dependency over the budget',
    'cli/package.json',
    manifest('@suture/cli', ['@suture/server', ...'abcdefg']),
    '[budget] declares 7 dependencies; its budget is 6',
  ),
  sabotage(
    'a workspace without a budget',
    'gateway/package.json',
    manifest('@suture/gateway', []),
    '[budget] @suture/gateway has no dependency budget in rules.ts',
  ),
  ...(
    [
      ['of nobody', 'create table rig (id int);', 'creates rig, whose prefix names no slice'],
      [
        'without row-level security',
        'create unlogged table if not exists lab_rig (id int); -- alter table lab_rig enable row level security',
        'lab_rig has no row level security and is not a directory table',
      ],
      [
        'whose row-level security its owner escapes',
        'create table lab_rig (id int); alter table lab_rig enable row level security;',
        'lab_rig does not force row level security, so its owner sees every tenant',
      ],
    ] as const
  ).map(([title, sql, says]) => sabotage(`a table ${title}`, 'migrations/0002.sql', sql, `[table] ${says}`)),
]

export const sabotages: readonly Sabotage[] = [...imports, ...inside, ...data, ...declared]
