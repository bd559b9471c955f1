import * as contract from '@suture/contract/releases.ts'
import { z } from 'zod'
import type { BlobStore } from '#platform/blob/store.ts'
import { withScope } from '#platform/database/store.ts'
import { pageOf, readCursor } from '#platform/http/paging.ts'
import type { Routes } from '#platform/http/serve.ts'
import { uploadArtifact } from './artifact.operations.ts'
import { viewArtifactPage } from './artifact.queries.ts'
import { publishRelease } from './publish.operations.ts'
import { createRelease, deprecateRelease, withdrawRelease } from './release.operations.ts'
import { viewReleases } from './release.queries.ts'
import { addVendorKey, revokeVendorKey } from './vendor-key.operations.ts'
import { viewVendorKeys } from './vendor-key.queries.ts'
import { getRelease } from './view.operations.ts'

interface Given {
  readonly blobs: BlobStore
  /** The signer's public.json. */
  readonly signerKeys: string
  /** The most bytes of an artifact that this server is set to take. */
  readonly artifactBytes: number
}

const When = z.iso.datetime().transform((text) => new Date(text))
const ByTime = z.tuple([When, z.uuid()])
const ByDigest = z.tuple([When, z.string().regex(/^[0-9a-f]{64}$/)])
const ByName = z.tuple([z.string(), z.string(), z.uuid()])

/** Vendor keys, artifacts and releases over HTTP. */
export const releasesRoutes =
  ({ blobs, signerKeys, artifactBytes }: Given): Routes =>
  ({ serve, store, clock }) => {
    const parts = { store, clock, blobs, signerKeys }
    // Never more than a signature can be verified over.
    const maxBytes = Math.min(artifactBytes, contract.uploadArtifact.maxBytes)
    serve(contract.addVendorKey, ({ store, scope, body }) => addVendorKey(store, clock, scope, body))
    serve(contract.listVendorKeys, async ({ scope, query }) => {
      const after = readCursor(query.cursor, ByName)
      const rows = await withScope(store, scope, (scoped) => viewVendorKeys(scoped, query.limit + 1, after))
      return pageOf(rows, query.limit, (key) => [key.manufacturer, key.name, key.id])
    })
    serve(contract.revokeVendorKey, ({ scope, params }) => revokeVendorKey(store, clock, scope, params.id))

    serve(
      contract.uploadArtifact,
      ({ scope, query, bytes }) =>
        uploadArtifact(parts, scope, { fileName: query.fileName, signature: query.signature, bytes, maxBytes }),
      { maxBytes },
    )
    serve(contract.listArtifacts, async ({ scope, query }) => {
      const before = readCursor(query.cursor, ByDigest)
      const rows = await withScope(store, scope, (scoped) => viewArtifactPage(scoped, query.limit + 1, before))
      return pageOf(rows, query.limit, (each) => [each.uploadedAt.toISOString(), each.sha256])
    })

    serve(contract.createRelease, async ({ store, scope, body }) =>
      getRelease({ ...parts, store }, scope, await createRelease(store, clock, scope, body)),
    )
    serve(contract.listReleases, async ({ scope, query }) => {
      const before = readCursor(query.cursor, ByTime)
      const rows = await withScope(store, scope, (scoped) =>
        viewReleases(scoped, query.limit + 1, { before, state: query.state, text: query.text }),
      )
      return pageOf(rows, query.limit, (each) => [each.createdAt.toISOString(), each.id])
    })
    serve(contract.getRelease, ({ scope, params }) => getRelease(parts, scope, params.id))
    serve(contract.publishRelease, async ({ scope, params }) => {
      await publishRelease(parts, scope, params.id)
      return getRelease(parts, scope, params.id)
    })
    serve(contract.deprecateRelease, async ({ scope, params }) => {
      await deprecateRelease(store, clock, scope, params.id)
      return getRelease(parts, scope, params.id)
    })
    serve(contract.withdrawRelease, async ({ scope, params, body }) => {
      await withdrawRelease(store, clock, scope, params.id, body.reason)
      return getRelease(parts, scope, params.id)
    })
  }
