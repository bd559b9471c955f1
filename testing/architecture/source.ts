import { parseSync, Visitor, type VisitorObject } from 'rolldown/utils'
import { looksLikeSql, tablesWritten } from './sql.ts'

/** One arrow out of a file, as written. */
export interface Import {
  readonly to: string
  readonly line: number
  /** Erased before it runs: `import type`, `import('…').T`, a module augmentation. */
  readonly typeOnly: boolean
  /** The values it takes; `*` for all of them. */
  readonly names: readonly string[]
}

interface Spot {
  readonly what: string
  readonly line: number
}

/** What the rules need to know about one file, and nothing else. */
export interface Source {
  readonly path: string
  readonly lines: number
  readonly imports: readonly Import[]
  /** SQL, by string, by tag or by query builder. */
  readonly sql: readonly Spot[]
  /** The tables written; `?` is one whose name is computed. */
  readonly writes: readonly Spot[]
  /** Time and chance taken from the air instead of an argument. */
  readonly unsteady: readonly Spot[]
  /** Casts that make a `Scoped` out of something else. */
  readonly forged: readonly Spot[]
  readonly functions: readonly { readonly line: number; readonly lines: number }[]
}

type Collected = { -readonly [K in keyof Source]: Source[K] extends readonly (infer T)[] ? T[] : Source[K] }
type At = (node: { readonly start: number }) => number
type Named = { readonly type: string; readonly name?: unknown; readonly value?: unknown }

const nameOf = (node: Named) => String(node.name ?? node.value)
const isName = (node: Named, name: string) => node.type === 'Identifier' && node.name === name

function lineCounter(text: string): (offset: number) => number {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if ((starts[middle] ?? 0) <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

function imports(into: Collected, line: At, aliases: Set<string>): VisitorObject {
  const add = (node: { start: number }, to: unknown, typeOnly: boolean, names: string[]) => {
    if (typeof to === 'string') into.imports.push({ to, line: line(node), typeOnly, names })
  }
  return {
    ImportDeclaration(node) {
      const names: string[] = []
      for (const each of node.specifiers) {
        if (each.type !== 'ImportSpecifier') names.push(each.type === 'ImportDefaultSpecifier' ? 'default' : '*')
        else if (each.importKind !== 'type') names.push(nameOf(each.imported))
        if (each.type === 'ImportSpecifier' && nameOf(each.imported) === 'Scoped') aliases.add(each.local.name)
      }
      add(node, node.source.value, node.importKind === 'type', names)
    },
    ExportNamedDeclaration(node) {
      const names = node.specifiers.filter((each) => each.exportKind !== 'type').map((each) => nameOf(each.local))
      add(node, node.source?.value, node.exportKind === 'type', names)
    },
    ExportAllDeclaration: (node) => add(node, node.source.value, node.exportKind === 'type', ['*']),
    ImportExpression({ start, source }) {
      if (source.type === 'Literal') add({ start }, source.value, false, ['*'])
      else if (source.type === 'TemplateLiteral' && source.expressions.length === 0)
        add({ start }, source.quasis[0]?.value.cooked, false, ['*'])
    },
    TSImportType: (node) => add(node, node.source.value, true, []),
    TSModuleDeclaration: (node) => add(node, node.id.type === 'Literal' ? node.id.value : undefined, true, []),
    TSImportEqualsDeclaration(node) {
      const { moduleReference: from } = node
      if (from.type === 'TSExternalModuleReference') add(node, from.expression.value, node.importKind === 'type', ['*'])
    },
  }
}

const builders = new Set(['selectFrom', 'insertInto', 'updateTable', 'deleteFrom', 'mergeInto', 'replaceInto'])

/** The literal table names of a builder's first argument, aliases cut; `?` where there is none. */
function tables(argument: Named | undefined): readonly string[] {
  const listed =
    argument?.type === 'ArrayExpression' ? (argument as unknown as { elements: Named[] }).elements : [argument]
  return listed.map((each) =>
    each?.type === 'Literal' && typeof each.value === 'string' ? (each.value.split(/\s/)[0] ?? '?') : '?',
  )
}

function statements(into: Collected, line: At): VisitorObject {
  const text = (node: { start: number }, value: string, tagged = false) => {
    if (!tagged && !looksLikeSql(value)) return
    into.sql.push({ what: tagged ? 'sql``' : value.trim().split(/\s+/, 2).join(' '), line: line(node) })
    for (const what of tablesWritten(value)) into.writes.push({ what, line: line(node) })
  }
  const seen = new Set<unknown>()
  const joined = (node: { quasis: { value: { cooked?: string | null; raw: string } }[] }) =>
    node.quasis.map((each) => each.value.cooked ?? each.value.raw).join('?')
  return {
    Literal(node) {
      if (typeof node.value === 'string') text(node, node.value)
    },
    TaggedTemplateExpression(node) {
      const { tag } = node
      if (!isName(tag, 'sql')) return
      seen.add(node.quasi)
      text(node, joined(node.quasi), true)
    },
    TemplateLiteral(node) {
      if (!seen.has(node)) text(node, joined(node))
    },
    CallExpression(node) {
      const { callee } = node
      if (callee.type !== 'MemberExpression' || callee.computed || !builders.has(nameOf(callee.property))) return
      const what = nameOf(callee.property)
      into.sql.push({ what, line: line(node) })
      if (what === 'selectFrom') return
      for (const table of tables(node.arguments[0])) into.writes.push({ what: table, line: line(node) })
    },
  }
}

function air(into: Collected, line: At): VisitorObject {
  const calls = new Set(['Date.now', 'performance.now', 'Math.random'])
  return {
    CallExpression(node) {
      const { callee } = node
      if (isName(callee, 'Date')) into.unsteady.push({ what: 'Date()', line: line(node) })
      if (callee.type !== 'MemberExpression' || callee.object.type !== 'Identifier') return
      const what = `${callee.object.name}.${nameOf(callee.property)}`
      if (calls.has(what)) into.unsteady.push({ what: `${what}()`, line: line(node) })
    },
    NewExpression(node) {
      if (isName(node.callee, 'Date') && node.arguments.length === 0)
        into.unsteady.push({ what: 'new Date()', line: line(node) })
    },
  }
}

function casts(into: Collected, line: At, text: string, aliases: ReadonlySet<string>): VisitorObject {
  const look = (node: { start: number; typeAnnotation: { start: number; end: number } | null }) => {
    const what = node.typeAnnotation === null ? '' : text.slice(node.typeAnnotation.start, node.typeAnnotation.end)
    // A function that takes a Scoped may be cast: it makes none.
    if (!what.includes('=>') && what.split(/\W+/).some((word) => aliases.has(word)))
      into.forged.push({ what, line: line(node) })
  }
  return { TSAsExpression: look, TSTypeAssertion: look, TSTypePredicate: look }
}

function lengths(into: Collected, lineAt: (offset: number) => number): VisitorObject {
  const look = ({ start, end }: { start: number; end: number }) => {
    const line = lineAt(start)
    into.functions.push({ line, lines: lineAt(end) - line + 1 })
  }
  return { FunctionDeclaration: look, FunctionExpression: look, ArrowFunctionExpression: look }
}

/** Several readers as one, so that the tree is walked once. */
function together(readers: readonly VisitorObject[]): VisitorObject {
  const all: Record<string, (node: never) => void> = {}
  for (const [kind, look] of readers.flatMap((reader) => Object.entries(reader) as [string, (node: never) => void][])) {
    const first = all[kind]
    all[kind] = (node) => {
      first?.(node)
      look(node)
    }
  }
  return all as VisitorObject
}

/** Reads one file into what the rules need. Throws when it does not parse. */
export function readSource(path: string, text: string): Source {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`)
  const lineAt = lineCounter(text)
  const line: At = (node) => lineAt(node.start)
  const into: Collected = {
    path,
    lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0),
    imports: [],
    sql: [],
    writes: [],
    unsteady: [],
    forged: [],
    functions: [],
  }
  const aliases = new Set(['Scoped'])
  const readers = [
    imports(into, line, aliases),
    statements(into, line),
    air(into, line),
    casts(into, line, text, aliases),
    lengths(into, lineAt),
  ]
  new Visitor(together(readers)).visit(program)
  return into
}
