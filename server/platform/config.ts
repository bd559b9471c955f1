import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { isAbsolute, join } from 'node:path'
import { artifactBytes, sbomBytes } from '@suture/contract/limits.ts'
import { z } from 'zod'
import { OperatorError } from './operator-error.ts'
import { isPlace } from './outward.ts'

/** A whole number within bounds; what is none is told what would be one. */
function whole(least: number, most: number) {
  const meant = `a whole number from ${least} to ${most}`
  return z.coerce.number(meant).int(meant).min(least, meant).max(most, meant)
}

const Listen = z
  .string()
  // What is no address says nothing of whether it goes with the other settings.
  .regex(/^(\[[0-9a-fA-F:]+\]|[\w.-]+):\d{1,5}$/, { error: 'an address and a port, as in 127.0.0.1:8470', abort: true })
  .transform((text) => {
    const at = text.lastIndexOf(':')
    return { host: text.slice(0, at).replace(/^\[|\]$/g, ''), port: Number(text.slice(at + 1)) }
  })
  .refine(({ port }) => port <= 65_535, { message: 'a port up to 65535' })

const isLoopback = (host: string): boolean => host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host)

const AbsolutePath = z.string().refine(isAbsolute, { message: 'an absolute path' }).optional()

const DatabaseUrl = z.url({ protocol: /^postgres(ql)?$/ }).optional()

const Places = z
  .string()
  .transform((text) => text.split(/[\s,]+/).filter((place) => place !== ''))
  .refine((places) => places.every(isPlace), {
    message: '`public`, blocks as 10.1.0.0/16 and names of hosts, with commas',
  })

/** Every setting there is, with its environment variable; `suture config` prints this table. */
const settings = z.strictObject({
  SUTURE_HOME: z
    .string()
    .refine(isAbsolute, { message: 'an absolute path' })
    .default(join(homedir(), '.suture'))
    .describe('Where the embedded database, the signer’s sealed keys and the artifacts live'),
  SUTURE_LISTEN: Listen.default({ host: '127.0.0.1', port: 8470 }).describe(
    'Address and port of the API; port 0 takes a free one (127.0.0.1:8470). Without TLS a loopback address only',
  ),
  SUTURE_TLS_CERT: AbsolutePath.describe(
    'The certificate that the API is served with, PEM, followed by its chain; read again when the file changes',
  ),
  SUTURE_TLS_KEY: AbsolutePath.describe(
    'The key of SUTURE_TLS_CERT, PEM without a passphrase, in a file that other users cannot read',
  ),
  SUTURE_TLS: z
    .enum(['self-signed'])
    .optional()
    .describe('self-signed: TLS with a certificate that is made in SUTURE_HOME at the first start, for trial'),
  SUTURE_PUBLIC_URL: z
    .url({ protocol: /^https?$/ })
    .transform((text) => new URL(text))
    .optional()
    .describe(
      'The address that people and devices use, as in https://suture.example: needed beyond loopback, and behind a TLS proxy',
    ),
  SUTURE_CONSOLE: z
    .string()
    .refine(isAbsolute, { message: 'an absolute path' })
    .optional()
    .describe('The folder of the built console; `suture serve` in a clone builds it and sets this. None: API only'),
  DATABASE_URL: DatabaseUrl.describe(
    'The owner’s connection to a PostgreSQL of yours, 15 or newer; without it the embedded one is started (for trial)',
  ),
  SUTURE_APP_DATABASE_URL: DatabaseUrl.describe('The connection of the role suture_app; needed with DATABASE_URL'),
  SUTURE_WORKER_DATABASE_URL: DatabaseUrl.describe(
    'The connection of the role suture_worker; needed with DATABASE_URL',
  ),
  SUTURE_SIGNER_DATABASE_URL: DatabaseUrl.describe(
    'The connection of the role suture_signer; needed with DATABASE_URL by whatever starts the signer, the server only if it does',
  ),
  SUTURE_SIGNER: z
    .enum(['child', 'external'])
    .default('child')
    .describe('Whether the server starts the signer process itself, or something else does'),
  SUTURE_SIGNER_KEYS: z
    .string()
    .optional()
    .describe(
      'The signer’s public.json; by default the one in SUTURE_HOME. A copy of it, when the signer has a home of its own',
    ),
  SUTURE_POLL_SECONDS: whole(1, 86_399)
    .default(300)
    .describe('How often devices are told to ask for work, in seconds; plans should allow more silence than that'),
  SUTURE_REREAD_SECONDS: whole(1, 31_622_400)
    .default(86_400)
    .describe('After how many seconds a device that was read once is read again, to notice that it changed'),
  SUTURE_WEBHOOKS_TO: Places.default([]).describe(
    'Where webhooks may go: public for every public address, blocks such as 10.1.0.0/16, names of hosts. None: nowhere',
  ),
  SUTURE_SMTP_URL: z
    .url({ protocol: /^smtps?$/ })
    .optional()
    .describe('The server that takes mail, as in smtps://user:password@mail.example; none: no mail is sent'),
  SUTURE_MAIL_FROM: z.email().optional().describe('From whom mail comes; needed with SUTURE_SMTP_URL'),
  SUTURE_LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug'])
    .default('info')
    .describe('How much the log says'),
  SUTURE_MAX_SBOM_BYTES: whole(1024, 128 * 1024 * 1024)
    .default(sbomBytes)
    .describe(
      'The largest SBOM that may be uploaded, in bytes; at most 128 MiB, which take up to 1 GiB of memory to read',
    ),
  SUTURE_MAX_ARTIFACT_BYTES: whole(1024, Number.MAX_SAFE_INTEGER)
    .default(artifactBytes)
    .describe('The largest artifact that may be uploaded, in bytes'),
  // Three listen for tasks.
  SUTURE_POOL: whole(4, 24).default(8).describe('Database connections of each part of the server'),
})

export type Config = z.output<typeof settings>

/** Whether the server itself speaks TLS. */
export const speaksTls = ({ SUTURE_TLS, SUTURE_TLS_CERT }: Config): boolean =>
  SUTURE_TLS !== undefined || SUTURE_TLS_CERT !== undefined

/** The server’s own address on its machine, as a URL. */
export function baseOf(config: Config): string {
  const { host, port } = config.SUTURE_LISTEN
  return `${speaksTls(config) ? 'https' : 'http'}://${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** Settings that do not go together, each with what would: nobody is served over a network in the clear. */
const conflicts: readonly [setting: keyof Config, isWrong: (config: Config) => boolean, instead: string][] = [
  [
    'SUTURE_TLS_KEY',
    ({ SUTURE_TLS_CERT, SUTURE_TLS_KEY }) => (SUTURE_TLS_CERT === undefined) !== (SUTURE_TLS_KEY === undefined),
    'the certificate and its key go together: set both SUTURE_TLS_CERT and SUTURE_TLS_KEY, or neither',
  ],
  [
    'SUTURE_MAIL_FROM',
    ({ SUTURE_SMTP_URL, SUTURE_MAIL_FROM }) => (SUTURE_SMTP_URL === undefined) !== (SUTURE_MAIL_FROM === undefined),
    'the mail server and the sender go together: set both SUTURE_SMTP_URL and SUTURE_MAIL_FROM, or neither',
  ],
  [
    'SUTURE_TLS',
    ({ SUTURE_TLS, SUTURE_TLS_CERT }) => SUTURE_TLS !== undefined && SUTURE_TLS_CERT !== undefined,
    'a certificate of yours and a self-signed one: leave SUTURE_TLS out',
  ],
  [
    'SUTURE_LISTEN',
    (config) => !isLoopback(config.SUTURE_LISTEN.host) && !speaksTls(config),
    'a loopback address, as there is no TLS: set SUTURE_TLS_CERT and SUTURE_TLS_KEY, for a trial SUTURE_TLS=self-signed, or put a TLS proxy on this machine in front',
  ],
  [
    'SUTURE_PUBLIC_URL',
    ({ SUTURE_LISTEN, SUTURE_PUBLIC_URL }) => !isLoopback(SUTURE_LISTEN.host) && SUTURE_PUBLIC_URL === undefined,
    'the address that people and devices use, as in https://suture.example:8470: beyond loopback no other name is answered',
  ],
  [
    'SUTURE_PUBLIC_URL',
    (config) => speaksTls(config) && config.SUTURE_PUBLIC_URL?.protocol === 'http:',
    'an https address, because the server speaks TLS',
  ],
]

const together = settings.superRefine((config, context) => {
  for (const [setting, isWrong, instead] of conflicts)
    if (isWrong(config)) context.addIssue({ code: 'custom', path: [setting], message: instead })
})

/**
 * Reads the configuration: the environment first, then `config.json` in the home, then the defaults.
 * @throws OperatorError naming every setting that is wrong, and what would be right
 */
export function readConfig(env: NodeJS.ProcessEnv): Config {
  const home = env.SUTURE_HOME ?? join(homedir(), '.suture')
  const file = readFile(join(home, 'config.json'))
  const known = Object.keys(settings.shape)
  const fromEnv = Object.fromEntries(known.flatMap((name) => (env[name] ? [[name, env[name]]] : [])))
  const result = together.safeParse({ ...file, ...fromEnv })
  if (!result.success) {
    const lines = result.error.issues.map((issue) => `  ${issue.path.join('.') || 'config.json'}: ${issue.message}`)
    throw new OperatorError(
      `The configuration cannot be used:\n${lines.join('\n')}\n\`suture config\` lists every setting.`,
    )
  }
  return result.data
}

function readFile(path: string): Record<string, unknown> {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return {}
    throw new OperatorError(
      `${path} cannot be read (${(error as Error).message}); give it to the user who runs Suture.`,
    )
  }
  try {
    return z.record(z.string(), z.unknown()).parse(JSON.parse(text))
  } catch (error) {
    throw new OperatorError(`${path} is not a JSON object (${(error as Error).message}); mend or remove it.`)
  }
}

/** Each setting with its meaning and the value in force; connection strings lose their password. */
export const describeConfig = (config: Config): { name: string; value: string; meaning: string }[] =>
  Object.entries(settings.shape).map(([name, schema]) => ({
    name,
    value: show(config[name as keyof Config]),
    meaning: schema.description ?? '',
  }))

function show(value: Config[keyof Config]): string {
  if (value === undefined) return '(not set)'
  if (value instanceof URL) return value.href
  if (Array.isArray(value)) return value.join(', ') || '(nowhere)'
  if (typeof value === 'object') return `${value.host}:${value.port}`
  const url = typeof value === 'string' ? URL.parse(value) : null
  if (!url || !/^(postgres|smtp)/.test(url.protocol)) return String(value)
  if (url.password !== '') url.password = '***'
  // A password can also stand among the parameters (libpq allows it).
  for (const name of url.searchParams.keys())
    url.searchParams.set(name, name === 'host' ? (url.searchParams.get(name) ?? '') : '***')
  return url.href
}
