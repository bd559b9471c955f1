import * as contract from '@suture/contract/intelligence.ts'
import { z } from 'zod'
import { withScope } from '#platform/database/store.ts'
import { pageOf, readCursor } from '#platform/http/paging.ts'
import type { Routes } from '#platform/http/serve.ts'
import { Refusal } from '#platform/refusal.ts'
import { explainMatch } from './matching/explain.operations.ts'
import { viewFeeds, viewMatchCounts, viewVulnerabilities, viewVulnerability } from './vulnerability.queries.ts'

const Place = z.tuple([z.iso.datetime().transform((text) => new Date(text)), z.string().max(64)])

/** What is known, what of it matches, and why, over HTTP. */
export const intelligenceRoutes: Routes = ({ serve, store }) => {
  serve(contract.listFeeds, async ({ scope, query }) => {
    const before = readCursor(query.cursor, z.tuple([z.int32()]))?.[0]
    const rows = await withScope(store, scope, (scoped) => viewFeeds(scoped, query.limit + 1, before))
    return pageOf(rows, query.limit, ({ place }) => [place])
  })
  serve(contract.listVulnerabilities, async ({ scope, query }) => {
    const before = readCursor(query.cursor, Place)
    return withScope(store, scope, async (scoped) => {
      const rows = await viewVulnerabilities(scoped, {
        limit: query.limit + 1,
        all: query.all ?? false,
        before,
        text: query.text,
      })
      const listed = pageOf(rows, query.limit, ({ publishedAt, id }) => [publishedAt.toISOString(), id])
      return { ...listed, counts: await viewMatchCounts(scoped) }
    })
  })
  serve(contract.getVulnerability, async ({ scope, params }) => {
    const found = await withScope(store, scope, (scoped) => viewVulnerability(scoped, params.id))
    if (!found) throw new Refusal('intelligence/vulnerability-unknown')
    return found
  })
  serve(contract.explainMatch, ({ scope, params, query }) => explainMatch(store, scope, params.id, query))
}
