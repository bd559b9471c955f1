import { type AnyEndpoint, apiBase, creates } from '../contract/endpoint.ts'
import { type Example, everyEndpoint, examplesWith, type Things } from '../testing/request-examples.ts'
import { meaningOf } from './glossary.ts'

const id = (last: number) => `019aa000-0000-7000-8000-${String(last).padStart(12, '0')}`
const things: Things = {
  person: id(1),
  token: id(2),
  site: 1,
  device: id(3),
  gateway: id(4),
  bill: id(5),
  shared: id(6),
}
const examples = examplesWith(() => 1)

const wide = 110

/** What an example sends, as people write it; bytes that are no text are only counted. */
function bodyOf({ body, bytes }: Example): string | undefined {
  if (bytes !== undefined)
    return bytes.some((byte) => byte < 32) ? `(${bytes.length} bytes)` : Buffer.from(bytes).toString()
  if (body === undefined) return undefined
  const line = JSON.stringify(body)
  return line.length > wide ? JSON.stringify(body, undefined, 2) : line
}

/** One request with all that its endpoint wants, short of who asks. */
function requestOf(endpoint: AnyEndpoint, example: Example): string {
  const params = Object.entries(example.params ?? {})
  const path = params.reduce<string>(
    (text, [name, value]) => text.replace(`{${name}}`, encodeURIComponent(String(value))),
    endpoint.path,
  )
  const query = new URLSearchParams(Object.entries(example.query ?? {}).map(([name, value]) => [name, String(value)]))
  const body = bodyOf(example)
  return [
    `${endpoint.method} ${apiBase}${path}${query.size > 0 ? `?${query}` : ''}`,
    ...(creates(endpoint) ? [`Idempotency-Key: "${id(7)}"`] : []),
    ...(endpoint.edits ? ['If-Match: "q1Zk…"'] : []),
    ...(body === undefined ? [] : [`Content-Type: ${endpoint.media}`, '', body]),
  ].join('\n')
}

const refusalLink = (code: string) => `[\`${code}\`](../refusals.md#${code.slice(0, code.indexOf('/'))})`
const permission = (may: string) => (may.includes(':') ? `\`${may}\`` : may)

const row = ({ method, path, may, summary, refusals }: AnyEndpoint): string =>
  `| \`${method} ${path}\` | ${permission(may)} | ${summary.replaceAll('|', '\\|')} | ${refusals.map(refusalLink).join(' ')} |`

type Entry = (typeof everyEndpoint)[number]

const sectionOf = (tag: string, entries: readonly Entry[], glossary: string): string => `## ${tag}

${meaningOf(glossary, tag)}

| Call | Who may | What it does | Refuses in particular |
|---|---|---|---|
${entries.map(([, endpoint]) => row(endpoint)).join('\n')}

<details><summary>Examples: ${tag}</summary>

\`\`\`http
${entries.map(([name, endpoint]) => requestOf(endpoint, examples[name](things))).join('\n\n')}
\`\`\`

</details>`

/** The API for people: every endpoint of the contract by its part, with what it wants, refuses, and an example of it. */
export function apiPage(glossary: string): string {
  const byTag = Map.groupBy(everyEndpoint, ([, { tag }]) => tag)
  return `# The API

${everyEndpoint.length} calls below \`${apiBase}\`, as the contract has them. What holds for all of them, from who asks to what happens when an answer is lost, is in
[use the API](../guides/use-the-api.md); every field is in the [OpenAPI description](openapi.json), which a running server shows at \`/reference\`.
Besides what stands beside it, any call may refuse with a code of [http](../refusals.md#http) or [auth](../refusals.md#auth). The ids in the
examples are made up; an \`If-Match\` is the \`ETag\` of your own last reading.

${[...byTag].map(([tag, entries]) => sectionOf(tag, entries, glossary)).join('\n\n')}
`
}
