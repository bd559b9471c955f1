/** Documents of hawkBit's device API (DDI v1), as far as a device reads them; unknown fields are ignored. */

/** What a poll tells. */
export interface Base {
  /** Until the next poll; undefined when the document does not say. */
  readonly sleepSeconds: number | undefined
  /** Where the attributes are asked for. */
  readonly configData: string | undefined
  readonly deploymentBase: string | undefined
  readonly cancelAction: string | undefined
}

/** Bytes to fetch. */
export interface Artifact {
  readonly href: string
  readonly size: number
  readonly sha256: string
}

/** What an offer asks for. */
export interface Deployment {
  readonly actionId: string
  /** False while the server says `skip`. */
  readonly mayDownload: boolean
  readonly mayUpdate: boolean
  readonly artifact: Artifact | undefined
}

const field = (value: unknown, ...path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? (at as Record<string | number, unknown>)[key] : undefined),
    value,
  )

const link = (value: unknown): string | undefined =>
  typeof value === 'string' && URL.canParse(value) && new URL(value).protocol === 'http:' ? value : undefined

function sleepOf(value: unknown): number | undefined {
  const [, hours, minutes, seconds] = /^(\d{1,3}):([0-5]\d):([0-5]\d)$/.exec(String(value)) ?? []
  return seconds === undefined ? undefined : Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)
}

export const readBase = (body: unknown): Base => ({
  sleepSeconds: sleepOf(field(body, 'config', 'polling', 'sleep')),
  configData: link(field(body, '_links', 'configData', 'href')),
  deploymentBase: link(field(body, '_links', 'deploymentBase', 'href')),
  cancelAction: link(field(body, '_links', 'cancelAction', 'href')),
})

function readArtifact(value: unknown): Artifact | undefined {
  const href = link(field(value, '_links', 'download-http', 'href')) ?? link(field(value, '_links', 'download', 'href'))
  const size = field(value, 'size')
  const sha256 = field(value, 'hashes', 'sha256')
  if (href === undefined || typeof sha256 !== 'string' || !Number.isSafeInteger(size)) return undefined
  return { href, size: size as number, sha256: sha256.toLowerCase() }
}

/** The offer in a document, with the first artifact of its first chunk; undefined when it is none. */
export function readDeployment(body: unknown): Deployment | undefined {
  const actionId = field(body, 'id')
  if (typeof actionId !== 'string' || !/^\d{1,20}$/.test(actionId)) return undefined
  return {
    actionId,
    mayDownload: field(body, 'deployment', 'download') !== 'skip',
    mayUpdate: field(body, 'deployment', 'update') !== 'skip',
    artifact: readArtifact(field(body, 'deployment', 'chunks', 0, 'artifacts', 0)),
  }
}

/** The cancellation in a document, and the action it would stop; undefined when it is none. */
export function readCancel(body: unknown): { readonly id: string; readonly stopId: string } | undefined {
  const [id, stopId] = [field(body, 'id'), field(body, 'cancelAction', 'stopId')]
  const isId = (value: unknown): value is string => typeof value === 'string' && /^\d{1,20}$/.test(value)
  return isId(id) && isId(stopId) ? { id, stopId } : undefined
}

/** What a device tells about an action. */
export interface Feedback {
  readonly execution: 'download' | 'downloaded' | 'proceeding' | 'closed' | 'rejected'
  readonly finished: 'none' | 'success' | 'failure'
  readonly details: readonly string[]
}

export const writeFeedback = (now: number, { execution, finished, details }: Feedback): object => ({
  timestamp: now,
  status: { execution, result: { finished }, details },
})
