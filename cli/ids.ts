import type { AnyEndpoint } from '@suture/contract/endpoint.ts'

/** What an id is one of, and the command that lists it, by the place in the API where it is listed. */
export const lists: Readonly<Record<string, { readonly noun: string; readonly verb: string }>> = {
  rollouts: { noun: 'a rollout', verb: 'rollout list' },
  releases: { noun: 'a release', verb: 'release list' },
  devices: { noun: 'a device', verb: 'device list' },
  'device-views': { noun: 'a view', verb: 'device view list' },
  'device-actions': { noun: 'an action on devices', verb: 'device action list' },
  findings: { noun: 'a device', verb: 'finding list' },
  evidence: { noun: 'evidence', verb: 'evidence list' },
  gateways: { noun: 'a gateway', verb: 'gateway list' },
  users: { noun: 'a person', verb: 'user list' },
  tokens: { noun: 'a token', verb: 'token list' },
  webhooks: { noun: 'a webhook', verb: 'webhook list' },
  'vendor-keys': { noun: 'a vendor key', verb: 'vendor-key list' },
  'lab/runs': { noun: 'a test', verb: 'lab runs' },
  'lab/rigs': { noun: 'a rig', verb: 'lab rig list' },
  vulnerabilities: { noun: 'a vulnerability', verb: 'vulnerability list --all' },
  sites: { noun: 'a site', verb: 'site list' },
  models: { noun: 'a model', verb: 'model list' },
  bills: { noun: 'a bill', verb: 'bill list' },
  'bill-imports': { noun: 'an import of a bill', verb: 'bill imports' },
}

/** The commands for what the API makes, by the place where it is made. */
export const makers: Readonly<Record<string, string>> = { 'lab/runs': 'lab test', 'lab/rigs': 'lab rig add' }

/** Fields that hold the id of something else than the endpoint is about. */
const elsewhere: Readonly<Record<string, string>> = {
  rollout: 'rollouts',
  release: 'releases',
  device: 'devices',
  devices: 'devices',
  vulnerability: 'vulnerabilities',
}

/** `/lab/runs/{id}` lists at `lab/runs`. */
const listOf = ({ path }: AnyEndpoint, field: string): string =>
  elsewhere[field] ?? (field === 'id' ? path.slice(1).replace(/\/\{.*$/, '') : '')

interface Given {
  readonly params?: object
  readonly query?: object
  readonly body?: unknown
}

/** What is at a path inside a value. */
const at = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce<unknown>((inside, key) => (inside as Record<PropertyKey, unknown> | undefined)?.[key], value)

/** Says of the first id in a request that cannot be one, what it is no id of and where ids are shown. */
export function wrongId(endpoint: AnyEndpoint, { params, query, body }: Given): string | undefined {
  const parts = [
    [endpoint.params, params ?? {}],
    [endpoint.query, query ?? {}],
    [endpoint.body, body],
  ] as const
  for (const [shape, part] of parts)
    for (const { path } of shape.safeParse(part).error?.issues ?? []) {
      const field = path.findLast((key) => typeof key === 'string') ?? ''
      const list = lists[listOf(endpoint, field)]
      const value = at(part, path)
      if (list && typeof value === 'string')
        return `${value} is no id of ${list.noun}. \`suture ${list.verb}\` shows them.`
    }
  return undefined
}

/** The same advice for a command line: where the API says what to get or to make, the command that does it. */
export const asCommand = (remedy: string): string =>
  remedy.replace(/(GET|POST) \/api\/v1\/([a-z/-]+)(?![\w/{-])/g, (said, method: string, place: string) => {
    const verb = method === 'GET' ? lists[place]?.verb : makers[place]
    return verb === undefined ? said : `\`suture ${verb}\``
  })
