import { parseSync, Visitor } from 'rolldown/utils'

/** One behaviour as its test promises it: the titles on the way down to it, outermost first. */
type Behaviour = readonly string[]

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

const openers = new Set(['describe', 'suite'])
const promises = new Set(['test', 'it'])

/** Whose call it is, whatever hangs on it: `test` for `test.skipIf(windows).each(rows)(…)`. */
function rootOf(callee: Node): string | undefined {
  if (callee.type === 'Identifier') return String(callee.name)
  if (callee.type === 'MemberExpression') return rootOf(callee.object as Node)
  if (callee.type === 'CallExpression') return rootOf(callee.callee as Node)
  return callee.type === 'TaggedTemplateExpression' ? rootOf(callee.tag as Node) : undefined
}

/** A title as text; what only a run can tell is an ellipsis. Undefined when it is no title. */
function titleOf(argument: Node | undefined): string | undefined {
  const text =
    argument?.type === 'Literal' && typeof argument.value === 'string'
      ? argument.value
      : argument?.type === 'TemplateLiteral'
        ? (argument.quasis as { value: { cooked: string } }[]).map(({ value }) => value.cooked).join('…')
        : undefined
  // vitest's placeholders in the titles of `each`.
  return text?.replaceAll(/"?(%[sdifjo#]|\$[\w.]+)"?/g, '…').replaceAll(/\s+/g, ' ')
}

/**
 * What the tests of one file promise, in their order, told without running them.
 * @throws when the title of a test is neither a string nor a template, because nobody could read it here
 */
export function readBehaviours(path: string, text: string): readonly Behaviour[] {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`)
  const found: Behaviour[] = []
  const within: { title: string; node: unknown }[] = []
  new Visitor({
    CallExpression(node) {
      const callee = node.callee as unknown as Node
      const root = rootOf(callee)
      // A member call such as `test.each(rows)` only prepares the call that has the title.
      if (root === undefined || !(openers.has(root) || promises.has(root)) || !isFinal(node as unknown as Node)) return
      const title = titleOf(node.arguments[0] as unknown as Node)
      if (title === undefined) throw new Error(`${path}: the title of a test must be a string or a template`)
      if (openers.has(root)) within.push({ title, node })
      else found.push([...within.map((each) => each.title), title])
    },
    'CallExpression:exit'(node) {
      if (within.at(-1)?.node === node) within.pop()
    },
  }).visit(program)
  return found
}

/** Whether a call carries the title and the body, and is not `test.each(rows)` or `test.skipIf(when)` alone. */
const isFinal = (call: Node): boolean => {
  const given = call.arguments as Node[]
  const last = given.at(-1)
  const isBody = (each: Node | undefined) =>
    each?.type === 'ArrowFunctionExpression' || each?.type === 'FunctionExpression'
  const property =
    (call.callee as Node).type === 'MemberExpression' ? ((call.callee as Node).property as Node) : undefined
  if (property?.name === 'todo') return true
  return given.length >= 2 && (isBody(last) || isBody(given[1]) || isBody(given[2]))
}

const folderOf = (path: string) => (path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '')

/** The page of everything the tests promise, by folder. */
export function behavioursPage(files: ReadonlyMap<string, string>): string {
  const isTest = (path: string) => /\.test\.tsx?$/.test(path)
  const tests = [...files].filter(([path]) => isTest(path)).sort(([a], [b]) => (a < b ? -1 : 1))
  const folders = Map.groupBy(tests, ([path]) => folderOf(path))
  const sections = [...folders.keys()].sort().map((folder) => {
    const lines = (folders.get(folder) ?? []).flatMap(([path, text]) => listed(readBehaviours(path, text)))
    return `## ${folder === '' ? 'The whole repository' : `\`${folder}\``}\n\n${lines.join('\n')}`
  })
  return `# Behaviours

Everything the tests promise, read off their titles. An ellipsis stands for each of several cases.

${sections.join('\n\n')}
`
}

function listed(behaviours: readonly Behaviour[]): readonly string[] {
  let open: Behaviour = []
  return behaviours.flatMap((behaviour) => {
    const above = behaviour.slice(0, -1)
    const kept = above.findIndex((title, depth) => title !== open[depth])
    const from = kept < 0 ? above.length : kept
    open = above
    return behaviour.slice(from).map((title, depth) => `${'  '.repeat(from + depth)}- ${title}`)
  })
}
