import { mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import {
  type Arguments,
  type Connection,
  call,
  ForeignAnswer,
  ProblemError,
  type Reply,
  see,
} from '@suture/contract/client.ts'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { exitStatus, Failure } from './failure.ts'
import { asCommand, wrongId } from './ids.ts'
import { believe, meet, tlsFailure } from './trust.ts'

/** Where the CLI keeps what it must remember: the session and the approval key, for this user alone. */
export const ownFolder = (): string => process.env.SUTURE_CLI_HOME ?? join(homedir(), '.config', 'suture')

const sessionFile = () => join(ownFolder(), 'session.json')

const defaultServer = 'http://127.0.0.1:8470'

interface Session {
  readonly base: string
  readonly cookie: string
}

export async function keepSession(session: Session): Promise<void> {
  await mkdir(ownFolder(), { recursive: true, mode: 0o700 })
  await writeFile(sessionFile(), JSON.stringify(session), { mode: 0o600 })
}

export const forgetSession = (): Promise<void> => rm(sessionFile(), { force: true })

/** The session that was kept; a file that is damaged counts as none, so that `login` can mend it. */
async function keptSession(): Promise<Session | undefined> {
  try {
    const kept = JSON.parse(await readFile(sessionFile(), 'utf8')) as Partial<Session>
    return typeof kept.base === 'string' && typeof kept.cookie === 'string'
      ? { base: kept.base, cookie: kept.cookie }
      : undefined
  } catch {
    return undefined
  }
}

/** Which server to talk to: the option, the environment, the last sign-in, or the one on this machine. */
export async function serverOf(given: string | undefined): Promise<string> {
  const text = given ?? (process.env.SUTURE_URL || (await keptSession())?.base || defaultServer)
  const url = URL.parse(text)
  if (url?.protocol === 'https:') {
    await believe(url, ownFolder())
    return text
  }
  if (url?.protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(url.hostname)) return text
  throw new Failure(`${text} is no address to send a password to: https, or http on this machine.`)
}

/** The same before a first secret goes there, when a self-signed certificate is looked at by a person. */
export async function meetServer(given: { readonly server?: string; readonly fingerprint?: string }): Promise<string> {
  const base = await serverOf(given.server)
  await meet(base, ownFolder(), given.fingerprint)
  return base
}

/** The connection of whoever runs the CLI: a token from the environment, or the session of the last sign-in. */
export async function connect(given: string | undefined): Promise<Connection> {
  const base = await serverOf(given)
  const token = process.env.SUTURE_TOKEN
  if (token && !/^[\w-]+$/.test(token))
    throw new Failure('SUTURE_TOKEN is no token: it has other characters than letters, digits, _ and -.')
  if (token) return { base, headers: { authorization: `Bearer ${token}` } }
  const session = await keptSession()
  const isSame = session !== undefined && new URL(session.base).origin === new URL(base).origin
  return { base, headers: isSame ? { cookie: session.cookie } : {} }
}

const asking =
  <E extends AnyEndpoint, T>(how: (to: Connection, endpoint: E, given: Arguments<E>) => Promise<T>) =>
  async (to: Connection, endpoint: E, given: Arguments<E>): Promise<T> => {
    const wrong = wrongId(endpoint, given)
    if (wrong !== undefined) throw new Failure(wrong)
    try {
      return await how(to, endpoint, given)
    } catch (error) {
      throw asFailure(error, to.base)
    }
  }

/** Calls an endpoint; a refusal and a server that does not answer become sentences for a person. */
export const ask = <E extends AnyEndpoint>(to: Connection, endpoint: E, given: Arguments<E>): Promise<Reply<E>> =>
  asking<E, Reply<E>>(call)(to, endpoint, given)

/** The ETag of what is to be edited, as it is now. */
export const tagOf = async <E extends AnyEndpoint>(to: Connection, endpoint: E, given: Arguments<E>): Promise<string> =>
  (await asking<E, { etag: string }>(see)(to, endpoint, given)).etag

const asText = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value))

/** What of the request or of the file in it was wrong, one line each, and the figures that the way out points to. */
function faultsOf({ detail, errors, ...problem }: ProblemError['problem']): string[] {
  const figures = [...problem.remedy.matchAll(/`(\w+)`/g)].flatMap(([, name = '']) =>
    problem[name] === undefined ? [] : [`  ${name}: ${asText(problem[name])}`],
  )
  return [
    ...(typeof detail === 'string' ? [`  ${detail}`] : []),
    ...(Array.isArray(errors)
      ? errors.map(({ field, message }: { field: string; message: string }) => `  ${field}: ${message}`)
      : []),
    ...figures,
  ]
}

/** The answer of what is not Suture; a server behind it is away, unless it said what is wrong with the request. */
function asForeign({ message, problem }: ForeignAnswer): Failure {
  const isAboutUs = problem.status >= 400 && problem.status < 500
  return new Failure(
    [message, ...faultsOf(problem)].join('\n'),
    isAboutUs ? exitStatus.refused : exitStatus.unreachable,
  )
}

/** Fetch tells so that no answer came, or not the whole of it. */
const isCutOff = (error: unknown): error is TypeError =>
  error instanceof TypeError && (error.message === 'fetch failed' || error.message === 'terminated')

/** What went wrong with a call, as a sentence and an exit status; anything else as it is. */
export function asFailure(error: unknown, base: string): unknown {
  if (error instanceof ForeignAnswer) return asForeign(error)
  if (error instanceof ProblemError) {
    const { status, code, incident, title, remedy } = error.problem
    if (status === 401 && code === 'auth/not-signed-in')
      return new Failure(`${error.message} \`suture login\` signs in.`, exitStatus.notSignedIn)
    const told = [
      `${title}. ${asCommand(remedy)}. ${code === undefined ? `Incident ${incident}.` : `(${code})`}`,
      ...faultsOf(error.problem),
    ]
    return new Failure(told.join('\n'), status >= 500 ? exitStatus.fault : exitStatus.refused)
  }
  if (isCutOff(error)) {
    // What was to be sent could not be read: that is no matter of the server's.
    if (error.cause instanceof Failure) return error.cause
    const untrusted = tlsFailure(error.cause, base)
    if (untrusted !== undefined) return new Failure(untrusted, exitStatus.unreachable)
    return new Failure(
      `No server answers at ${base}. \`suture serve\` starts one here; --server or SUTURE_URL names another.`,
      exitStatus.unreachable,
    )
  }
  return error
}
