import { sql } from 'kysely'
import type { Scoped } from '#platform/database/store.ts'

/** What the blob store says of some bytes; digests in hex. */
export interface Digests {
  readonly sha256: string
  readonly sha1: string
  readonly md5: string
  readonly length: number
}

const hex = (column: string) => sql<string>`encode(${sql.ref(column)}, 'hex')`
export const bytesOf = (digest: string): Buffer => Buffer.from(digest, 'hex')

/** Whether it was not there before. */
export async function insertArtifact(
  { db, scope }: Scoped,
  artifact: Digests & { readonly fileName: string; readonly at: Date },
): Promise<boolean> {
  const row = await db
    .insertInto('releases_artifact')
    .values({
      tenant_id: scope.tenant,
      sha256: bytesOf(artifact.sha256),
      sha1: bytesOf(artifact.sha1),
      md5: bytesOf(artifact.md5),
      length: artifact.length,
      file_name: artifact.fileName,
      uploaded_by: scope.actor.name,
      uploaded_at: artifact.at,
    })
    .onConflict((conflict) => conflict.columns(['tenant_id', 'sha256']).doNothing())
    .returning('length')
    .executeTakeFirst()
  return row !== undefined
}

/** Notes a verified signature for every manufacturer who has the key; tells whose it is. */
export async function insertSignatures(
  { db, scope }: Scoped,
  signature: { readonly sha256: string; readonly keyId: string; readonly bytes: Buffer; readonly at: Date },
): Promise<{ readonly manufacturers: readonly string[]; readonly isNew: boolean }> {
  const keys = await db
    .selectFrom('releases_vendor_key')
    .select(['id', 'manufacturer'])
    .where('key_id', '=', signature.keyId)
    .where('revoked_at', 'is', null)
    .execute()
  if (keys.length === 0) return { manufacturers: [], isNew: false }
  const stored = await db
    .insertInto('releases_signature')
    .values(
      keys.map(({ id }) => ({
        tenant_id: scope.tenant,
        sha256: bytesOf(signature.sha256),
        vendor_key_id: id,
        signature: signature.bytes,
        verified_at: signature.at,
      })),
    )
    .onConflict((conflict) => conflict.columns(['tenant_id', 'sha256', 'vendor_key_id']).doNothing())
    .returning('vendor_key_id')
    .execute()
  return { manufacturers: keys.map(({ manufacturer }) => manufacturer).sort(), isNew: stored.length > 0 }
}

const artifacts = ({ db }: Scoped) =>
  db
    .selectFrom('releases_artifact as a')
    .select(['a.length', 'a.file_name as fileName', 'a.uploaded_by as uploadedBy', 'a.uploaded_at as uploadedAt'])
    .select([hex('a.sha256').as('sha256'), hex('a.sha1').as('sha1'), hex('a.md5').as('md5')])

/** Whose signatures were verified over each of these artifacts, by digest. */
async function signaturesOf({ db }: Scoped, digests: readonly string[]) {
  const rows = await db
    .selectFrom('releases_signature as s')
    .innerJoin('releases_vendor_key as k', (join) =>
      join.onRef('k.id', '=', 's.vendor_key_id').onRef('k.tenant_id', '=', 's.tenant_id'),
    )
    .select(['k.manufacturer', 'k.key_id as keyId', 's.verified_at as verifiedAt', 'k.revoked_at as revokedAt'])
    .select(hex('s.sha256').as('sha256'))
    .where('s.sha256', '=', sql<Buffer>`any(${digests.map(bytesOf)}::bytea[])`)
    .orderBy('s.verified_at')
    .execute()
  return Map.groupBy(rows, ({ sha256 }) => sha256)
}

async function withSignatures<A extends Digests>(scoped: Scoped, rows: readonly A[]) {
  const signatures = await signaturesOf(
    scoped,
    rows.map(({ sha256 }) => sha256),
  )
  return rows.map((row) => ({
    ...row,
    signatures: (signatures.get(row.sha256) ?? []).map(({ sha256: _, ...signature }) => signature),
  }))
}

/** These artifacts, with whose signatures were verified over them. */
export const viewArtifacts = async (scoped: Scoped, digests: readonly string[]) =>
  withSignatures(
    scoped,
    await artifacts(scoped)
      .where('a.sha256', '=', sql<Buffer>`any(${digests.map(bytesOf)}::bytea[])`)
      .orderBy('a.sha256')
      .execute(),
  )

/** Artifacts newest first, starting below a place. */
export const viewArtifactPage = async (scoped: Scoped, limit: number, before: readonly [Date, string] | undefined) =>
  withSignatures(
    scoped,
    await artifacts(scoped)
      .$if(before !== undefined, (query) =>
        query.where(
          sql<boolean>`(a.uploaded_at, a.sha256) < (${before?.[0]}::timestamptz, decode(${before?.[1]}::text, 'hex'))`,
        ),
      )
      .orderBy('a.uploaded_at', 'desc')
      .orderBy('a.sha256', 'desc')
      .limit(limit)
      .execute(),
  )

/** What a device's protocol says of an artifact. */
export const artifactFile = (
  scoped: Scoped,
  sha256: string,
): Promise<(Digests & { readonly fileName: string }) | undefined> =>
  artifacts(scoped)
    .where('a.sha256', '=', bytesOf(sha256))
    .executeTakeFirst()
    .then((row) => row && { sha256, sha1: row.sha1, md5: row.md5, length: row.length, fileName: row.fileName })

/** The manufacturers whose keys count and signed these artifacts, by digest. */
export async function vendorsOf(
  scoped: Scoped,
  digests: readonly string[],
): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const signatures = await signaturesOf(scoped, digests)
  const counting = [...signatures].map(
    ([sha256, each]) =>
      [sha256, new Set(each.filter((one) => one.revokedAt === null).map((one) => one.manufacturer))] as const,
  )
  return new Map(counting)
}
