import { parseSync, Visitor } from 'rolldown/utils'

/** A name that the code uses for something people meet, and where it is. */
export interface Name {
  readonly name: string
  readonly what: string
}

interface Node {
  readonly type: string
  readonly [field: string]: unknown
}

const textOf = (node: Node | undefined): string | undefined =>
  node?.type === 'Literal' && typeof node.value === 'string' ? node.value : undefined

const keyOf = (member: Node): string => {
  const key = member.key as Node
  return String(key.name ?? key.value)
}

/** The words of `['a', 'b'] as const`; none when anything else is among them. */
function wordsOf(node: Node | undefined): readonly string[] {
  if (node?.type === 'TSAsExpression') return wordsOf(node.expression as Node)
  if (node?.type !== 'ArrayExpression') return []
  const words = (node.elements as Node[]).map(textOf)
  return words.every((word) => word !== undefined) ? words : []
}

/** The members of an interface that a slice adds to by module augmentation: event kinds and tasks. */
const kindsOf: Readonly<Record<string, string>> = { Events: 'event', Tasks: 'task' }

function namesIn(path: string, text: string): readonly Name[] {
  const { program, errors } = parseSync(path, text)
  if (errors.length > 0) throw new Error(`${path} does not parse: ${errors[0]?.message}`)
  const found: Name[] = []
  const isContract = path.startsWith('contract/')
  const words = (node: Node | undefined) => wordsOf(node).map((name) => ({ name, what: `word of ${path}` }))
  new Visitor({
    TSInterfaceDeclaration(node) {
      const what = kindsOf[node.id.name]
      if (what === undefined) return
      for (const member of node.body.body as unknown as Node[])
        if (member.type === 'TSPropertySignature') found.push({ name: keyOf(member), what })
    },
    VariableDeclarator(node) {
      const { id, init } = node as unknown as { id: Node; init: Node | null }
      if (init === null) return
      if (isContract) found.push(...words(init))
      const annotated = (id.typeAnnotation as { typeAnnotation: { typeName?: Node } } | null)?.typeAnnotation.typeName
      if (annotated?.name !== 'Recurring' || init.type !== 'ObjectExpression') return
      const property = (init.properties as Node[]).find((each) => keyOf(each) === 'name')
      const name = textOf(property?.value as Node | undefined)
      if (name !== undefined) found.push({ name, what: 'task' })
    },
    CallExpression(node) {
      const callee = node.callee as unknown as Node
      const isEnum = callee.type === 'MemberExpression' && (callee.property as Node).name === 'enum'
      if (isContract && isEnum) found.push(...words(node.arguments[0] as unknown as Node))
    },
  }).visit(program)
  return found
}

/** The folders of the server that hold code: the slices, and the parts of the platform. */
export function foldersOf(paths: Iterable<string>): readonly string[] {
  const folders = [...paths].flatMap((path) => /^server\/((?:platform\/)?[^/.]+)\/[^/]+/.exec(path)?.[1] ?? [])
  return [...new Set(folders)].sort()
}

/** Every event kind, task and state that the sources of the server and the contract name. */
export const namesOf = (files: ReadonlyMap<string, string>): readonly Name[] =>
  [...files]
    .filter(([path]) => /^(server|contract)\/.*\.ts$/.test(path) && !/\.(test|fixture)\.ts$/.test(path))
    .flatMap(([path, text]) => namesIn(path, text))
