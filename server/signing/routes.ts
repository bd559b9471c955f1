import * as contract from '@suture/contract/signing.ts'
import { z } from 'zod'
import { withScope } from '#platform/database/store.ts'
import { pageOf, readCursor } from '#platform/http/paging.ts'
import type { Routes } from '#platform/http/serve.ts'
import { getSignerKeys } from './keys.operations.ts'
import { viewRequests } from './signing.queries.ts'

type Row = Awaited<ReturnType<typeof viewRequests>>[number]

const requestView = (row: Row) => ({
  id: row.id,
  purpose: row.purpose,
  digest: row.digest,
  state: row.state,
  refusal:
    row.refusal_code === null
      ? null
      : { code: row.refusal_code as contract.SigningRefusal, detail: row.refusal_detail ?? '' },
  requestedAt: row.requested_at,
  requestedBy: row.requested_by,
  decidedAt: row.decided_at,
})

const Place = z.tuple([z.iso.datetime().transform((text) => new Date(text)), z.uuid()])

/** What the signer was asked, and its public keys, over HTTP. */
export const signingRoutes =
  (keysFile: string): Routes =>
  ({ serve, store }) => {
    serve(contract.listSigningRequests, async ({ scope, query }) => {
      const before = readCursor(query.cursor, Place)
      const rows = await withScope(store, scope, (scoped) =>
        viewRequests(scoped, query.limit + 1, { before, state: query.state }),
      )
      return pageOf(rows.map(requestView), query.limit, (request) => [request.requestedAt.toISOString(), request.id])
    })
    serve(contract.getSignerKeys, () => getSignerKeys(keysFile))
  }
