import { parseSync, Visitor } from 'rolldown/utils'

/** One state machine as its table has it. */
export interface Drawing {
  readonly name: string
  readonly path: string
  readonly states: readonly string[]
  readonly steps: readonly { readonly from: string; readonly event: string; readonly to: readonly string[] }[]
}

interface Node {
  readonly type: string
  readonly start: number
  readonly end: number
  readonly [field: string]: unknown
}

const keyOf = (property: Node): string => {
  const key = property.key as Node
  return String(key.name ?? key.value)
}

/** The states that a row's function can lead to: the `kind` of every object it makes. */
function targets(body: Node, functions: ReadonlyMap<string, Node>, path: string, from: string): readonly string[] {
  const made: string[] = []
  const row = body.type === 'Identifier' ? functions.get(String(body.name)) : body
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) node.forEach(walk)
    else if (node !== null && typeof node === 'object' && 'type' in node) {
      const each = node as Node
      if (each.type === 'Property' && keyOf(each) === 'kind' && (each.value as Node).type === 'Literal')
        made.push(String((each.value as Node).value))
      for (const [field, value] of Object.entries(each)) if (field !== 'typeAnnotation') walk(value)
    }
  }
  walk(row?.body)
  // `(state) => state` stays where it is.
  const stays = (row?.body as Node | undefined)?.type === 'Identifier'
  if (made.length === 0 && !stays) throw new Error(`${path}: nobody can tell where a step from ${from} leads`)
  return made.length === 0 ? [from] : [...new Set(made)]
}

/** The machines that a file defines: its constants of type `Machine`. */
function readMachines(path: string, text: string): readonly Drawing[] {
  if (!/:\s*Machine</.test(text)) return []
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`)
  const functions = new Map<string, Node>()
  const tables: { name: string; table: Node }[] = []
  new Visitor({
    FunctionDeclaration: (node) => void (node.id && functions.set(node.id.name, node as unknown as Node)),
    VariableDeclarator(node) {
      const { id, init } = node as unknown as { id: Node; init: Node | null }
      if (id.type !== 'Identifier' || init === null) return
      functions.set(String(id.name), init)
      const annotated = id.typeAnnotation as Node | null
      if (annotated !== null && /^:\s*Machine</.test(text.slice(annotated.start, annotated.end)))
        tables.push({ name: String(id.name), table: init })
    },
  }).visit(program)
  return tables.map(({ name, table }) => drawingOf(name, path, table, functions))
}

function drawingOf(name: string, path: string, table: Node, functions: ReadonlyMap<string, Node>): Drawing {
  if (table.type !== 'ObjectExpression') throw new Error(`${path}: the machine ${name} must be written as a table`)
  const rows = table.properties as Node[]
  const steps = rows.flatMap((row) =>
    ((row.value as Node).properties as Node[]).map((step) => ({
      from: keyOf(row),
      event: keyOf(step),
      to: targets(step.value as Node, functions, path, keyOf(row)),
    })),
  )
  return { name, path, states: rows.map(keyOf), steps }
}

/** A name that mermaid takes for one word. */
export const word = (state: string) => state.replaceAll(/\W/g, '_')

function diagram({ states, steps }: Drawing): string {
  const [first = ''] = states
  const finals = states.filter((state) => !steps.some(({ from }) => from === state))
  return [
    'stateDiagram-v2',
    ...states.filter((state) => word(state) !== state).map((state) => `  state "${state}" as ${word(state)}`),
    `  [*] --> ${word(first)}`,
    ...steps.flatMap(({ from, event, to }) => to.map((each) => `  ${word(from)} --> ${word(each)}: ${event}`)),
    ...finals.map((state) => `  ${word(state)} --> [*]`),
  ].join('\n')
}

/** Every state machine of the product, by the path of its table. */
export function drawingsOf(files: ReadonlyMap<string, string>): readonly Drawing[] {
  const sources = [...files].filter(
    ([path]) => /\.ts$/.test(path) && !/\.test\.ts$/.test(path) && !/^(docs|testing)\//.test(path),
  )
  return sources.sort(([a], [b]) => (a < b ? -1 : 1)).flatMap(([path, text]) => readMachines(path, text))
}

/** The page of every state machine; a state without a way out is final. */
export function machinesPage(files: ReadonlyMap<string, string>): string {
  const drawings = drawingsOf(files)
  const sections = drawings.map(
    (each) =>
      `## \`${each.name}\`\n\nThe table is in [${each.path}](../${each.path}).\n\n\`\`\`mermaid\n${diagram(each)}\n\`\`\``,
  )
  return `# State machines

Each drawing is read off its table. An event that a state does not answer to is refused there.

${sections.length > 0 ? sections.join('\n\n') : 'No slice has a state machine yet.'}
`
}
