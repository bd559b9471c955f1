import { X509Certificate } from 'node:crypto'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { connect, getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { confirm, isCancel } from '@clack/prompts'
import { exitStatus, Failure } from './failure.ts'

/** The certificates that a person accepted, by the origin of the server that shows each. */
type Accepted = Readonly<Record<string, string>>

const acceptedFile = (folder: string): string => join(folder, 'servers.json')

async function acceptedIn(folder: string): Promise<Accepted> {
  const text = await readFile(acceptedFile(folder), 'utf8').catch(() => '{}')
  try {
    return JSON.parse(text) as Accepted
  } catch {
    throw new Failure(`${acceptedFile(folder)} is damaged. Remove it; \`suture login\` asks again about each server.`)
  }
}

async function namedAuthority(): Promise<readonly string[]> {
  const file = process.env.SUTURE_CA
  if (!file) return []
  const pem = await readFile(file, 'utf8')
  try {
    new X509Certificate(pem)
  } catch {
    throw new Failure(`${file} holds no certificate in PEM; --ca or SUTURE_CA names one.`)
  }
  return [pem]
}

/** Before anything was added; only for whom something is: reading them all takes time. */
let known: readonly string[] | undefined

/** From now on believes what this machine believes, what `SUTURE_CA` names, and what was accepted of this one server. */
export async function believe(server: URL, folder: string): Promise<void> {
  const accepted = (await acceptedIn(folder))[server.origin]
  const added = [...(await namedAuthority()), ...(accepted === undefined ? [] : [accepted])]
  if (added.length === 0) return
  known ??= getCACertificates('default')
  setDefaultCACertificates([...known, ...added])
}

/** Shakes hands with a server to see its certificate, and whether it is believed; sends nothing. */
function look({ hostname, port }: URL): Promise<{ readonly certificate: X509Certificate; readonly fault: unknown }> {
  const host = hostname.replace(/^\[|\]$/g, '')
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<typeof look>>>()
  const socket: TLSSocket = connect(
    { host, port: Number(port || 443), servername: /^[\d.]+$|:/.test(host) ? '' : host, rejectUnauthorized: false },
    () => {
      const certificate = socket.getPeerX509Certificate()
      if (certificate) resolve({ certificate, fault: socket.authorizationError })
      else reject(new Error('No certificate was shown'))
      socket.destroy()
    },
  )
  socket.setTimeout(10_000, () => socket.destroy(new Error('The handshake took too long')))
  socket.on('error', reject)
  return promise
}

async function isAccepted(
  certificate: X509Certificate,
  given: string | undefined,
  { where, isKnown }: { readonly where: string; readonly isKnown: boolean },
): Promise<boolean> {
  const plain = (text: string) => text.replaceAll(/[^0-9a-f]/gi, '').toLowerCase()
  if (given !== undefined) return plain(given) === plain(certificate.fingerprint256)
  if (!process.stdin.isTTY)
    throw new Failure(
      `${where} shows a self-signed certificate, and there is no terminal to ask on. Give --fingerprint with the SHA-256 that the server printed at its start.`,
      exitStatus.unreachable,
    )
  const what = isKnown ? 'another certificate than the one you accepted' : 'a certificate that nobody vouches for'
  const answer = await confirm({
    message: `${where} shows ${what}. Did the server print this SHA-256 at its start?\n  ${certificate.fingerprint256}`,
    initialValue: false,
  })
  return !isCancel(answer) && answer
}

/**
 * Before anything secret goes to a server for the first time: whoever shows a self-signed certificate is believed once
 * a person has compared its fingerprint, and from then on by that certificate alone.
 * @param given the fingerprint that the person has, so that nobody has to be asked
 */
export async function meet(base: string, folder: string, given: string | undefined): Promise<void> {
  const server = new URL(base)
  if (server.protocol !== 'https:') return
  const seen = await look(server).catch(() => undefined)
  // Whoever does not answer, or whom somebody vouches for in another way, is judged when the request goes out.
  if (seen?.fault !== 'DEPTH_ZERO_SELF_SIGNED_CERT') return
  const { certificate } = seen
  const accepted = await acceptedIn(folder)
  const isKnown = accepted[server.origin] !== undefined
  if (!(await isAccepted(certificate, given, { where: server.origin, isKnown })))
    throw new Failure(
      `${server.origin} shows the certificate ${certificate.fingerprint256}, which was not accepted. Nothing was sent.`,
      exitStatus.refused,
    )
  const all = { ...accepted, [server.origin]: certificate.toString() }
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await writeFile(acceptedFile(folder), JSON.stringify(all, undefined, 2), { mode: 0o600 })
  await believe(server, folder)
}

const unknownIssuer =
  'Name the authority’s certificate with --ca or SUTURE_CA. A self-signed one is accepted, or accepted anew, by `suture login`'
const sayings: Readonly<Record<string, string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: `shows a certificate that nobody vouches for. ${unknownIssuer}`,
  SELF_SIGNED_CERT_IN_CHAIN: `shows a certificate of an authority that this machine does not know. ${unknownIssuer}`,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: `shows a certificate of an authority that this machine does not know. ${unknownIssuer}`,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: `shows a certificate without the chain that leads to an authority. ${unknownIssuer}`,
  CERT_HAS_EXPIRED: 'shows a certificate that has expired. Whoever runs the server must renew it',
  CERT_NOT_YET_VALID: 'shows a certificate that is not valid yet. Compare the clocks of both machines',
  ERR_TLS_CERT_ALTNAME_INVALID:
    'shows a certificate for other names than this one. Use the address that the server was set up with (SUTURE_PUBLIC_URL)',
  ERR_SSL_WRONG_VERSION_NUMBER: 'does not speak TLS. On the server’s own machine, try http',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'does not speak TLS. On the server’s own machine, try http',
}

/** Why a connection by TLS failed, for a person; undefined when it was something else. */
export function tlsFailure(cause: unknown, base: string): string | undefined {
  const code = (cause as { code?: unknown } | undefined)?.code
  const saying = typeof code === 'string' ? sayings[code] : undefined
  return saying === undefined ? undefined : `${base} ${saying}. Nothing was sent.`
}
