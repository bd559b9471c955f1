import { z } from 'zod'

/** What a backup consists of, by the names of its parts; no other name is ever read or written. */
export const partNames = {
  about: 'about.json',
  queue: 'queue.jsonl.zst',
  sequences: 'sequences.json',
  manifest: 'manifest.json',
  seal: 'manifest.sha256',
} as const

/** The signer's files that `--with-signer` takes along; its passphrase is never among them. */
export const signerFiles = ['checkpoint.json', 'journal.jsonl', 'sealed.json', 'public.json'] as const

const pattern =
  /^(about\.json|queue\.jsonl\.zst|sequences\.json|tables\/\d{3}-[a-z0-9_]{1,63}\/\d{6}\.jsonl\.zst|blobs\/[0-9a-f]{64}|signer\/(checkpoint\.json|journal\.jsonl|sealed\.json|public\.json))$/

const isPartName = (name: string): boolean => pattern.test(name)

/** The digest of a blob, or the file of the signer, that a part holds. */
export const blobOf = (name: string): string | undefined => /^blobs\/(.*)$/.exec(name)?.[1]
export const signerFileOf = (name: string): string | undefined => /^signer\/(.*)$/.exec(name)?.[1]
export const isTable = (name: string): boolean => name.startsWith('tables/')

/** The version of this format; a reader refuses a greater one. */
export const formatVersion = 1

const Count = z.int().min(0)

/** The first part: what this is, and of which schema. */
export const About = z.strictObject({
  format: z.literal('suture-backup'),
  version: Count,
  createdAt: z.iso.datetime(),
  /** The version of Suture that made it. */
  suture: z.string().max(64),
  /** The migrations that the schema had, in order. */
  migrations: z.array(z.string().regex(/^[\w.-]{1,200}$/)).max(10_000),
})
export type About = z.output<typeof About>

const Part = z.strictObject({
  name: z.string().max(100).refine(isPartName),
  bytes: Count,
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** How many bytes it unpacks to, and how many rows they are; left out where nothing is packed. */
  unpacked: Count.optional(),
  rows: Count.optional(),
})
export type Part = z.output<typeof Part>

/** The last part but one: every part before it, by its SHA-256. */
export const Manifest = z.strictObject({ parts: z.array(Part).max(2_000_000) })
export type Manifest = z.output<typeof Manifest>

/** The first line of packed rows. */
export const RowsHead = z.strictObject({
  table: z.string().regex(/^[a-z0-9_]{1,63}$/),
  /** Whose rows they are; null in tables that belong to no tenant. */
  tenant: z.int().nullable(),
  columns: z.array(z.string().regex(/^[a-z0-9_]{1,63}$/)).min(1),
})
export type RowsHead = z.output<typeof RowsHead>

/** Rows: each column as PostgreSQL writes it as text. */
export const Rows = z.array(z.array(z.string().nullable()))

/** Where a number that is counted up stands. */
export const Sequences = z.array(
  z.strictObject({
    name: z.string().regex(/^[a-z0-9_]{1,63}$/),
    last: z.string().regex(/^\d{1,19}$/),
    called: z.boolean(),
    /** Whether it belongs to a column. One that stands alone numbers what others keep, as the actions of devices. */
    owned: z.boolean(),
  }),
)
export type Sequences = z.output<typeof Sequences>

/** A task that waits, as it is asked for again. */
export const Task = z.strictObject({
  name: z.string(),
  payload: z.string(),
  key: z.string().nullable(),
  runAt: z.string(),
  most: z.int(),
  priority: z.int(),
  queue: z.string().nullable(),
})
export type Task = z.output<typeof Task>

/** What a backup holds, for people. */
export interface Summary {
  /** SHA-256 of the manifest, and so of everything: whoever keeps it elsewhere knows this very backup again. */
  readonly digest: string
  readonly createdAt: string
  readonly suture: string
  readonly schema: string
  readonly tables: number
  readonly rows: number
  readonly tasks: number
  readonly blobs: number
  readonly withSigner: boolean
  /** The size of the file. */
  readonly bytes: number
}

export function summaryOf(about: About, { parts }: Manifest, digest: string, bytes: number): Summary {
  const rowsOf = (which: (name: string) => boolean) =>
    parts.reduce((sum, { name, rows = 0 }) => sum + (which(name) ? rows : 0), 0)
  return {
    digest,
    createdAt: about.createdAt,
    suture: about.suture,
    schema: about.migrations.at(-1) ?? 'none',
    tables: new Set(parts.flatMap(({ name }) => (isTable(name) ? [name.split('/')[1]] : []))).size,
    rows: rowsOf(isTable),
    tasks: rowsOf((name) => name === partNames.queue),
    blobs: parts.filter(({ name }) => blobOf(name) !== undefined).length,
    withSigner: parts.some(({ name }) => signerFileOf(name) !== undefined),
    bytes,
  }
}
