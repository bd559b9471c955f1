import { statSync } from 'node:fs'
import { request as requestPlainly } from 'node:http'
import { request as requestByTls } from 'node:https'
import { json } from 'node:stream/consumers'
import type { TLSSocket } from 'node:tls'
import { baseOf, type Config, speaksTls } from '#platform/config.ts'
import {
  type Certificate,
  datesFault,
  daysLeft,
  fingerprintOf,
  isFor,
  readCertificate,
} from '#platform/http/certificate.ts'
import { selfSignedFiles, warnDays } from '#platform/http/tls.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { bad, type Finding, ok, warn } from './finding.ts'

const filesOf = ({ SUTURE_TLS_CERT: cert, SUTURE_TLS_KEY: key, SUTURE_HOME }: Config) =>
  cert !== undefined && key !== undefined ? { cert, key } : selfSignedFiles(SUTURE_HOME)

/** The certificate that is to be shown, what is wrong with it, or nothing when it will be made at the first start. */
function certificateOf(config: Config): Certificate | OperatorError | undefined {
  const files = filesOf(config)
  const isMade = statSync(files.cert, { throwIfNoEntry: false }) !== undefined
  if (config.SUTURE_TLS === 'self-signed' && !isMade) return undefined
  try {
    return readCertificate(files)
  } catch (error) {
    if (error instanceof OperatorError) return error
    throw error
  }
}

function address(config: Config): Finding {
  const base = baseOf(config)
  if (speaksTls(config)) return ok('address', `${base}, by TLS 1.2 or 1.3 alone`)
  const proxied = config.SUTURE_PUBLIC_URL?.protocol === 'https:'
  return ok('address', `${base}, for this machine alone${proxied ? `; a proxy speaks TLS for it` : ''}`)
}

/** The dates, names and key of a certificate of one’s own, and that a self-signed one is for trials. */
function certificate(config: Config, found: Certificate | OperatorError | undefined, now: Date): Finding[] {
  const about = 'certificate'
  if (found === undefined) return [warn(about, 'a self-signed one, for trial, will be made at the first start')]
  if (found instanceof OperatorError) return [bad(about, found.message)]
  const { leaf } = found
  const until = leaf.validToDate.toISOString().slice(0, 10)
  const fault = datesFault(leaf, now)
  const name = config.SUTURE_PUBLIC_URL?.hostname
  const { key } = filesOf(config)
  return [
    fault === undefined
      ? daysLeft(leaf, now) < warnDays
        ? warn(
            about,
            `good until ${until}, ${daysLeft(leaf, now)} days. Renew it; the server takes a new one by itself`,
          )
        : ok(about, `good until ${until}`)
      : bad(about, `${fault}. Renew it; the server takes a new one by itself`),
    ...(name !== undefined && !isFor(leaf, name)
      ? [
          bad(
            about,
            `it is for ${leaf.subjectAltName ?? 'no name'}, and not for ${name}, which SUTURE_PUBLIC_URL names`,
          ),
        ]
      : []),
    ...((statSync(key).mode & 0o040) === 0
      ? []
      : [warn(about, `the group of ${key} can read it; see that it is alone`)]),
    ...(config.SUTURE_TLS === 'self-signed'
      ? [warn(about, `self-signed, for trial: SHA-256 ${fingerprintOf(leaf)}. Set SUTURE_TLS_CERT for real use`)]
      : []),
  ]
}

interface Answer {
  readonly status: number | undefined
  readonly parts: Readonly<Record<string, string>>
  /** The SHA-256 of the certificate that was shown. */
  readonly shown: string | undefined
}

/** Asks the server of this machine how it is. Whom it takes for it is judged by the certificate, not by who vouches. */
function askHealth(base: string): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>()
  const options = { timeout: 3_000, agent: false } as const
  const url = new URL('/health', base)
  const sent =
    url.protocol === 'https:'
      ? requestByTls(url, { ...options, rejectUnauthorized: false, headers: { host: 'localhost' } })
      : requestPlainly(url, options)
  sent.on('response', (response) => {
    const shown = (response.socket as TLSSocket).getPeerX509Certificate?.()?.fingerprint256
    json(response).then(
      (parts) => resolve({ status: response.statusCode, parts: parts as Answer['parts'], shown }),
      reject,
    )
  })
  sent.on('timeout', () => sent.destroy(new Error('no answer')))
  sent.on('error', reject)
  sent.end()
  return promise
}

async function server(base: string, expected: string | undefined): Promise<Finding> {
  const answer = await askHealth(base).catch(() => undefined)
  if (!answer) return warn('server', `no server answers at ${base}`)
  if (expected !== undefined && answer.shown !== expected)
    return bad('server', `${base} shows the certificate ${answer.shown}, and not the one in the file. Start it again`)
  const parts = Object.entries(answer.parts).map(([part, state]) => `${part} ${state}`)
  const says = `${base} answers: ${parts.join(', ')}`
  return answer.status === 200 ? ok('server', says) : bad('server', says)
}

/** Another server, at an address that a person named: by the certificates that this machine believes. */
async function otherServer(base: string): Promise<Finding> {
  const answer = await fetch(new URL('/health', base), { signal: AbortSignal.timeout(3_000) }).catch(
    (error: Error) => error,
  )
  if (answer instanceof Error)
    return bad('server', `no server answers at ${base} (${((answer.cause ?? answer) as Error).message})`)
  const health = await answer.json().catch(() => undefined)
  if (typeof health !== 'object' || health === null) return bad('server', `what answers at ${base} is no Suture`)
  const parts = Object.entries(health as Answer['parts']).map(([part, state]) => `${part} ${state}`)
  return answer.ok
    ? ok('server', `${base} answers: ${parts.join(', ')}`)
    : bad('server', `${base} answers: ${parts.join(', ')}`)
}

/** Where the server listens, and with what certificate. */
export function listening(config: Config, now: Date): readonly Finding[] {
  if (!speaksTls(config)) return [address(config)]
  return [address(config), ...certificate(config, certificateOf(config), now)]
}

/**
 * Whether the server answers.
 * @param url a server that is to be asked in place of the one that these settings start
 */
export function answering(config: Config, url: string | undefined): Promise<Finding> {
  if (url !== undefined) return otherServer(url)
  const found = speaksTls(config) ? certificateOf(config) : undefined
  const expected = found === undefined || found instanceof OperatorError ? undefined : fingerprintOf(found.leaf)
  return server(baseOf(config), expected)
}
