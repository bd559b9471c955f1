import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { databaseForThisTest, query } from '@suture/testing/database.ts'
import { parseSync } from 'rolldown/utils'
import { expect, test } from 'vitest'

interface Column {
  readonly column: string
  readonly nullable: boolean
}

/** As much of a parsed interface as is read here (ESTree with TypeScript). */
interface Node {
  readonly type: string
  readonly [key: string]: unknown
}

const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null && 'type' in value

function* within(value: unknown): Generator<Node> {
  if (Array.isArray(value)) for (const item of value) yield* within(item)
  else if (isNode(value)) {
    yield value
    for (const child of Object.values(value)) if (typeof child === 'object') yield* within(child)
  }
}

const membersOf = (node: unknown): { name: string; type: Node }[] =>
  ((node as { body?: Node[]; members?: Node[] }).body ?? (node as { members?: Node[] }).members ?? []).map(
    (member) => ({
      name: (member.key as { name: string }).name,
      type: (member.typeAnnotation as { typeAnnotation: Node }).typeAnnotation,
    }),
  )

/** The tables that a source file declares by augmenting the platform's schema. */
function declaredIn(text: string): [string, Column[]][] {
  const { program } = parseSync('tables.ts', text)
  const interfaces = [...within(program)].filter(
    ({ type, id }) =>
      type === 'TSInterfaceDeclaration' && ['TenantTables', 'DirectoryTables'].includes((id as { name: string }).name),
  )
  return interfaces
    .flatMap(({ body }) => membersOf(body))
    .map(({ name, type }) => [
      name,
      membersOf(type).map((column) => ({
        column: column.name,
        nullable: [...within(column.type)].some((part) => part.type === 'TSNullKeyword'),
      })),
    ])
}

const declared = (): Record<string, Column[]> => {
  const files = readdirSync(import.meta.dirname, { recursive: true, encoding: 'utf8' })
  const sources = files.filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
  return Object.fromEntries(
    sources.flatMap((file) => declaredIn(readFileSync(join(import.meta.dirname, file), 'utf8'))),
  )
}

const sorted = (columns: readonly Column[]) => columns.toSorted((a, b) => (a.column < b.column ? -1 : 1))

test('every table that queries are typed with is the table in the catalogue, column by column', async () => {
  const { urls } = await databaseForThisTest()
  const rows = await query<Column & { name: string }>(
    urls.superuser,
    `select table_name as name, column_name as column, is_nullable = 'YES' as nullable from information_schema.columns
      where table_schema = 'public' and table_name not in ('platform_migration') and column_name <> 'only_row'`,
  )
  const real = Map.groupBy(rows, ({ name }) => name)
  const types = declared()
  expect(Object.keys(types).toSorted()).toEqual([...real.keys()].toSorted())
  for (const [name, columns] of Object.entries(types)) {
    const live = (real.get(name) ?? []).map(({ column, nullable }) => ({ column, nullable }))
    expect({ name, columns: sorted(columns) }).toEqual({ name, columns: sorted(live) })
  }
})

test('a column that is missing, or null in one place only, is noticed', () => {
  const [[, columns] = []] = declaredIn(
    'declare module "x" { interface TenantTables { a: { b: string | null; c: Generated<number> } } }',
  )
  expect(columns).toEqual([
    { column: 'b', nullable: true },
    { column: 'c', nullable: false },
  ])
})
