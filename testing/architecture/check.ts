import { circles } from './cycles.ts'
import { allowed, roleAllows } from './may.ts'
import type { Manifest, Picture } from './picture.ts'
import { type Arrow, arrowsOf, isTest, isUnder, manifestOf, roleOf, zoneOf } from './resolve.ts'
import type { Rules } from './rules.ts'
import type { Source } from './source.ts'

export const kinds = [
  'drawing',
  'import',
  'role',
  'purity',
  'sql',
  'writer',
  'scope',
  'cycle',
  'unresolved',
  'undeclared',
  'budget',
  'table',
] as const
type Broken = (typeof kinds)[number]

/** One rule broken in one place, with the sentence for whoever broke it. */
export interface Violation {
  readonly file: string
  readonly line?: number
  readonly rule: Broken
  readonly says: string
}

const inWorkshop = (rules: Rules, path: string) =>
  isTest(path) || rules.workshop.includes(zoneOf(rules, path)?.path ?? '-')

function checkArrow(picture: Picture, rules: Rules, arrow: Arrow): readonly Violation[] {
  const { from, target } = arrow
  const broken = (rule: Broken, says: string): Violation[] => [{ file: from.path, line: arrow.import.line, rule, says }]
  const zone = zoneOf(rules, from.path)
  if (target.kind === 'nowhere') return broken('unresolved', `imports ${arrow.import.to}, which leads nowhere`)
  if (zone === undefined && !isTest(from.path)) return []
  if (target.kind === 'builtin') {
    const says = `imports ${target.name}, but ${zone?.path} runs in the browser too`
    return zone?.browser && !isTest(from.path) ? broken('import', says) : pure(rules, arrow, target.name)
  }
  const undeclared = checkDeclared(picture, rules, arrow)
  if (target.kind === 'package') return [...undeclared, ...pure(rules, arrow, target.name)]
  const refused = allowed(rules, zone, from.path, target.path)
  if (refused !== undefined) return [...undeclared, ...broken('import', refused)]
  const misplaced = zone && roleAllows(rules, zone, arrow, target.path)
  return misplaced === undefined ? undeclared : [...undeclared, ...broken('role', misplaced)]
}

function pure(rules: Rules, { from, import: { line } }: Arrow, name: string): readonly Violation[] {
  const zone = zoneOf(rules, from.path)
  const forbidden = rules.impure.some((each) => name === each || (each.endsWith('/') && name.startsWith(each)))
  if (zone === undefined || !forbidden || roleOf(zone, from.path) !== 'domain') return []
  return [{ file: from.path, line, rule: 'purity', says: `a domain file is pure and may not import ${name}` }]
}

function checkDeclared(picture: Picture, rules: Rules, arrow: Arrow): readonly Violation[] {
  const { from, through, target } = arrow
  const home = manifestOf(picture, from.path)
  const free = inWorkshop(rules, from.path) || /\.config\.ts$/.test(from.path)
  const broken = (says: string): Violation[] => [{ file: from.path, line: arrow.import.line, rule: 'undeclared', says }]
  if (through === undefined) {
    const there = target.kind === 'file' ? manifestOf(picture, target.path) : home
    if (there === home || free) return []
    return broken(`reaches into the workspace ${there?.path} by a path; import ${there?.name} instead`)
  }
  const root = picture.manifests.find((each) => each.path === '')
  const known = [home, ...(free ? [root] : [])].some(
    (each) => each?.name === through || each?.declares.includes(through),
  )
  const ours = picture.manifests.some((each) => each.name === through)
  return known || (free && ours) ? [] : broken(`imports ${through}, which ${home?.path || 'the root'} does not declare`)
}

function checkSource(rules: Rules, source: Source): readonly Violation[] {
  const { path } = source
  if (isTest(path)) return []
  const broken = (rule: Broken, line: number, says: string): Violation => ({ file: path, line, rule, says })
  const zone = zoneOf(rules, path)
  if (zone === undefined) return [broken('drawing', 1, 'is not in the drawing: no zone of rules.ts holds it')]
  const domain = roleOf(zone, path) === 'domain'
  const unsteady = domain ? source.unsteady : []
  const forged = isUnder(path, rules.scopes) ? [] : source.forged
  return [
    ...unsteady.map(({ what, line }) => broken('purity', line, `a domain file is pure: pass what ${what} would say`)),
    ...forged.map(({ what, line }) =>
      broken('scope', line, `forges a scope by a cast to ${what}; only withScope makes one`),
    ),
    ...checkSql(rules, source),
  ]
}

function checkSql(rules: Rules, { path, sql, writes }: Source): readonly Violation[] {
  if (inWorkshop(rules, path)) return []
  const home = rules.sql.some((folder) => isUnder(path, folder))
  const inPlace = home || /(^|[./])queries\.ts$/.test(path)
  const stray = inPlace ? [] : sql
  const foreign = writes.flatMap(({ what, line }): Violation[] => {
    if (what === '?' && home) return []
    const says =
      what === '?'
        ? 'writes a table whose name is computed, so nobody can tell whose it is'
        : wrongWriter(rules, path, what)
    return says === undefined ? [] : [{ file: path, line, rule: 'writer', says }]
  })
  return [
    ...stray.map(
      ({ what, line }): Violation => ({
        file: path,
        line,
        rule: 'sql',
        says: `SQL (${what}) belongs in a *.queries.ts`,
      }),
    ),
    ...foreign,
  ]
}

/** The folder that writes a table, by its prefix or its foreign schema. */
function writerOf(rules: Rules, table: string): string | undefined {
  const prefix = table.includes('.') ? table.split('.')[0] : table.split('_')[0]
  return prefix !== undefined && Object.hasOwn(rules.writers, prefix) ? rules.writers[prefix] : undefined
}

function wrongWriter(rules: Rules, path: string, table: string): string | undefined {
  const writer = writerOf(rules, table)
  if (writer === undefined) return `writes ${table}, whose prefix names no slice`
  return isUnder(path, writer) ? undefined : `writes ${table}, which only ${writer} writes`
}

function checkBudget(
  rules: Rules,
  manifests: readonly Manifest[],
  { path, name, declares }: Manifest,
): readonly Violation[] {
  const broken = (says: string): Violation => ({
    file: path === '' ? 'package.json' : `${path}/package.json`,
    rule: 'budget',
    says,
  })
  const budget = Object.hasOwn(rules.budgets, path) ? rules.budgets[path] : undefined
  if (budget === undefined) return [broken(`${name} has no dependency budget in rules.ts`)]
  if ('only' in budget) {
    const extra = declares.filter((each) => !budget.only.includes(each))
    return extra.map((each) => broken(`${path} may depend on ${budget.only.join(', ')} alone, not on ${each}`))
  }
  const foreign = declares.filter((each) => !manifests.some((ours) => ours.name === each))
  const over = foreign.length > budget.most
  return over ? [broken(`declares ${foreign.length} dependencies; its budget is ${budget.most}`)] : []
}

function checkTables(rules: Rules, { migrations }: Picture): readonly Violation[] {
  const gone = new Set(migrations.flatMap((each) => each.drops))
  const enabled = new Set(migrations.flatMap((each) => each.enables))
  const forced = new Set(migrations.flatMap((each) => each.forces))
  const wrong = (table: string): string | undefined => {
    if (writerOf(rules, table) === undefined) return `creates ${table}, whose prefix names no slice`
    if (rules.directory.includes(table)) return undefined
    if (!enabled.has(table)) return `${table} has no row level security and is not a directory table`
    return forced.has(table) ? undefined : `${table} does not force row level security, so its owner sees every tenant`
  }
  return migrations.flatMap(({ path, creates }) =>
    creates
      .filter((table) => !gone.has(table))
      .map(wrong)
      .filter((says) => says !== undefined)
      .map((says): Violation => ({ file: path, rule: 'table', says })),
  )
}

/** Every way in which the tree differs from the drawing. Pure: the same picture always gets the same answer. */
export function check(picture: Picture, rules: Rules): readonly Violation[] {
  const arrows = arrowsOf(picture)
  return [
    ...picture.sources.flatMap((source) => checkSource(rules, source)),
    ...arrows.flatMap((arrow) => checkArrow(picture, rules, arrow)),
    ...circles(arrows).map(
      (way): Violation => ({
        file: way[0] ?? '',
        rule: 'cycle',
        says: `imports itself in a circle: ${[...way, way[0]].join(' → ')}`,
      }),
    ),
    ...picture.manifests.flatMap((each) => checkBudget(rules, picture.manifests, each)),
    ...checkTables(rules, picture),
  ]
}
