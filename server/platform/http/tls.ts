import { mkdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { SecureContextOptions } from 'node:tls'
import type { Log } from '#platform/log.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { type Certificate, type CertificateFiles, datesFault, daysLeft, isFor, readCertificate } from './certificate.ts'
import { makeSelfSigned } from './self-signed.ts'

/** What the server shows whoever connects by TLS, and where it came from. */
export interface Tls {
  readonly certificate: Certificate
  readonly files: CertificateFiles
  /** Made here, for trial: nobody but whoever compared its fingerprint has a reason to believe it. */
  readonly isSelfSigned: boolean
  /** How often its files are looked at, and how long a handshake may take, in milliseconds, if not as usual. */
  readonly pace?: { readonly lookMs: number; readonly handshakeMs: number }
}

/** The settings that say whether, and with what, the server speaks TLS. */
export interface TlsSettings {
  readonly SUTURE_HOME: string
  readonly SUTURE_TLS?: 'self-signed' | undefined
  readonly SUTURE_TLS_CERT?: string | undefined
  readonly SUTURE_TLS_KEY?: string | undefined
  readonly SUTURE_PUBLIC_URL?: URL | undefined
}

/** TLS 1.2 with forward secrecy and authenticated encryption alone, or 1.3 (RFC 9325 section 4.2). */
const terms = {
  minVersion: 'TLSv1.2',
  ciphers: [
    'TLS_AES_128_GCM_SHA256',
    'TLS_AES_256_GCM_SHA384',
    'TLS_CHACHA20_POLY1305_SHA256',
    ...['ECDSA', 'RSA'].flatMap((kind) =>
      ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'].map((cipher) => `ECDHE-${kind}-${cipher}`),
    ),
  ].join(':'),
} as const

/** A handshake that takes longer is ended: until then a client is nobody, and costs a connection. */
const usualPace = { lookMs: 5_000, handshakeMs: 10_000 }

/** How Node is to serve it. */
export const tlsOptions = ({ certificate: { cert, key }, pace = usualPace }: Tls) => ({
  ...terms,
  ...{ cert, key, handshakeTimeout: pace.handshakeMs },
})

/** Where a certificate that was made here lies. */
export const selfSignedFiles = (home: string): CertificateFiles => ({
  cert: join(home, 'tls', 'certificate.pem'),
  key: join(home, 'tls', 'key.pem'),
})

const selfSignedDays = 397
/** A self-signed certificate is made anew at a start within so many days of its end. */
const renewDays = 30

function keptSelfSigned(files: CertificateFiles, names: readonly string[], now: Date): Certificate | undefined {
  try {
    const kept = readCertificate(files)
    const isGood = datesFault(kept.leaf, now) === undefined && daysLeft(kept.leaf, now) >= renewDays
    return isGood && names.every((name) => isFor(kept.leaf, name)) ? kept : undefined
  } catch (error) {
    if (error instanceof OperatorError) return undefined
    throw error
  }
}

/** The certificate for trials: kept in the home, and made anew when there is none that still fits. */
function selfSigned({ SUTURE_HOME, SUTURE_PUBLIC_URL }: TlsSettings, now: Date): Tls {
  const files = selfSignedFiles(SUTURE_HOME)
  const wanted = ['localhost', '127.0.0.1', '::1', SUTURE_PUBLIC_URL?.hostname.replace(/^\[|\]$/g, '')]
  const names = [...new Set(wanted.filter((name) => name !== undefined))]
  const kept = keptSelfSigned(files, names, now)
  if (kept) return { certificate: kept, files, isSelfSigned: true }
  // An hour back: clocks differ.
  const from = new Date(now.getTime() - 3_600_000)
  const made = makeSelfSigned({ names, from, until: new Date(from.getTime() + selfSignedDays * 86_400_000) })
  mkdirSync(join(SUTURE_HOME, 'tls'), { recursive: true, mode: 0o700 })
  // An old file would keep the mode that it has.
  for (const old of [files.key, files.cert]) rmSync(old, { force: true })
  writeFileSync(files.key, made.key, { mode: 0o600, flush: true })
  writeFileSync(files.cert, made.cert, { mode: 0o644, flush: true })
  return { certificate: readCertificate(files), files, isSelfSigned: true }
}

/**
 * What the server is to speak TLS with, if it is to.
 * @throws OperatorError when the files that the settings name cannot be used
 */
export function openTls(settings: TlsSettings, now: Date): Tls | undefined {
  if (settings.SUTURE_TLS === 'self-signed') return selfSigned(settings, now)
  const { SUTURE_TLS_CERT: cert, SUTURE_TLS_KEY: key } = settings
  if (cert === undefined || key === undefined) return undefined
  return { certificate: readCertificate({ cert, key }), files: { cert, key }, isSelfSigned: false }
}

const stateOf = ({ cert, key }: CertificateFiles): string =>
  [cert, key]
    .map((path) => statSync(path, { throwIfNoEntry: false }))
    .map((found) => `${found?.ino} ${found?.size} ${found?.mtimeMs}`)
    .join(' ')

/** A server that can be given another certificate while it runs; connections that are open keep theirs. */
interface Renewable {
  setSecureContext(options: SecureContextOptions): void
}

/**
 * Gives the server a renewed certificate soon after its files changed. A pair that cannot be used, such as one of
 * which only half is written yet, is told in the log, and the last good one stays.
 * @returns ends the watch
 */
export function followCertificate(server: Renewable, tls: Tls, log: Log): () => void {
  const { files, certificate, pace = usualPace } = tls
  let seen = stateOf(files)
  let told = ''
  let current = certificate
  const look = () => {
    const now = stateOf(files)
    if (now !== seen) renew(now)
  }
  const renew = (now: string) => {
    try {
      const next = readCertificate(files)
      server.setSecureContext({ ...terms, cert: next.cert, key: next.key })
      ;[seen, told, current] = [now, '', next]
      log.info({ until: next.leaf.validToDate }, 'certificate renewed')
    } catch (error) {
      // Looked at again each time: the other half may come, or the right to read it. Told once.
      const { message } = error as Error
      if (message !== told) log.error({ message }, 'the changed certificate cannot be used; the last one stays')
      told = message
    }
  }
  const tellAge = () => warnOfAge(current, log)
  tellAge()
  const timers = [setInterval(look, pace.lookMs), setInterval(tellAge, 86_400_000)]
  for (const timer of timers) timer.unref()
  return () => timers.forEach(clearInterval)
}

/** Days before its end from which on a certificate is talked of. */
export const warnDays = 21

function warnOfAge({ leaf }: Certificate, log: Log): void {
  const now = new Date()
  const fault = datesFault(leaf, now)
  if (fault !== undefined) log.error({ until: leaf.validToDate }, fault)
  else if (daysLeft(leaf, now) < warnDays) log.warn({ until: leaf.validToDate }, 'the certificate expires soon')
}
