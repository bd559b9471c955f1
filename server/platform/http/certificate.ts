import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto'
import { readFileSync, statSync } from 'node:fs'
import { isIP } from 'node:net'
import { createSecureContext } from 'node:tls'
import { OperatorError } from '#platform/operator-error.ts'

/** Where a certificate and its key lie, as PEM. */
export interface CertificateFiles {
  readonly cert: string
  readonly key: string
}

/** A certificate, with whatever chain follows it in its file, and the key that belongs to it. */
export interface Certificate {
  readonly cert: string
  readonly key: string
  readonly leaf: X509Certificate
}

const trouble = (error: unknown): string => (error as NodeJS.ErrnoException).code ?? (error as Error).message

function read(path: string, what: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    throw new OperatorError(
      `The ${what} ${path} cannot be read (${trouble(error)}). Give it to the user who runs Suture, or name another.`,
    )
  }
}

/** Whether others than its owner, and a group for such keys, can read a file, or anybody else can write it. */
const isOpenToOthers = (path: string): boolean => process.platform !== 'win32' && (statSync(path).mode & 0o027) !== 0

function leafIn(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem)
  } catch (error) {
    throw new OperatorError(`${path} holds no certificate in PEM (${trouble(error)}). SUTURE_TLS_CERT names one.`)
  }
}

function keyIn(pem: string, path: string): KeyObject {
  try {
    return createPrivateKey(pem)
  } catch (error) {
    throw new OperatorError(
      `${path} holds no private key in PEM, or one with a passphrase (${trouble(error)}). SUTURE_TLS_KEY names one without.`,
    )
  }
}

/**
 * Reads a certificate and its key. One that has expired is read as well: it is better than none, and told elsewhere.
 * @throws OperatorError that says which of the two is wrong, and how to mend it
 */
export function readCertificate(files: CertificateFiles): Certificate {
  const cert = read(files.cert, 'certificate')
  const key = read(files.key, 'key of the certificate')
  if (isOpenToOthers(files.key))
    throw new OperatorError(`Other users can read or change ${files.key}. Run chmod 600 ${files.key}`)
  const leaf = leafIn(cert, files.cert)
  if (!leaf.checkPrivateKey(keyIn(key, files.key)))
    throw new OperatorError(
      `${files.key} is not the key of the first certificate in ${files.cert}. Name the two that were made together, the server’s own certificate before its chain.`,
    )
  try {
    createSecureContext({ cert, key })
  } catch (error) {
    throw new OperatorError(`TLS cannot use ${files.cert} and its key (${(error as Error).message}).`)
  }
  return { cert, key, leaf }
}

/** The SHA-256 of a certificate, as browsers and openssl print it. */
export const fingerprintOf = ({ fingerprint256 }: X509Certificate): string => fingerprint256

const dayMs = 86_400_000

/** How many days a certificate is still good for, rounded down; negative when it has expired. */
export const daysLeft = (leaf: X509Certificate, now: Date): number =>
  Math.floor((leaf.validToDate.getTime() - now.getTime()) / dayMs)

/** What is wrong with the dates of a certificate; undefined when nothing is. */
export function datesFault(leaf: X509Certificate, now: Date): string | undefined {
  if (leaf.validFromDate > now) return `the certificate is good only from ${leaf.validFromDate.toISOString()} on`
  if (leaf.validToDate <= now) return `the certificate expired at ${leaf.validToDate.toISOString()}`
  return undefined
}

/** Whether a certificate is for this host name or address. */
export const isFor = (leaf: X509Certificate, name: string): boolean => {
  const bare = name.replace(/^\[|\]$/g, '')
  return (isIP(bare) === 0 ? leaf.checkHost(bare) : leaf.checkIP(bare)) !== undefined
}
