import { artifactBytes, sbomBytes } from '../contract/limits.ts'
import { refusals } from '../contract/refusals.ts'
import { createApp } from '../server/app.ts'
import { BlobStore } from '../server/platform/blob/store.ts'
import { openPool } from '../server/platform/database/pool.ts'
import { Store } from '../server/platform/database/store.ts'
import { createLog } from '../server/platform/log.ts'
import { createMetrics } from '../server/platform/metrics.ts'
import { meaningOf } from './glossary.ts'

const sliceOf = (code: string) => code.slice(0, code.indexOf('/'))

/** The page of everything Suture can refuse, by slice. */
export function refusalsPage(glossary: string): string {
  const slices = Map.groupBy(Object.entries(refusals), ([code]) => sliceOf(code))
  const row = ([code, { status, says, remedy }]: [string, { status: number; says: string; remedy: string }]) =>
    `| \`${code}\` | ${status} | ${says} | ${remedy} |`
  const sections = [...slices].map(
    ([slice, entries]) =>
      `## \`${slice}\`\n\n${meaningOf(glossary, slice)}\n\n| Code | Status | What was refused | What to do |\n|---|---|---|---|\n${entries.map(row).join('\n')}`,
  )
  return `# Refusals

Everything Suture can refuse. The reply is \`application/problem+json\` (RFC 9457); its \`code\` is one of these and is
never renamed. Whatever has no code is a fault of the server: status 500 with an incident id. The ten that people meet first
are told [at more length](first-refusals.md).

${sections.join('\n\n')}
`
}

/** The API's description (OpenAPI 3.1) as the server serves it, told by a server that neither listens nor connects. */
export async function openApi(): Promise<string> {
  const nowhere = 'postgres://nobody@localhost/nowhere'
  const app = await createApp({
    store: new Store(openPool(nowhere, { max: 1, name: 'suture docs', onError: () => undefined })),
    clock: { now: () => new Date(0) },
    log: createLog('fatal'),
    metrics: createMetrics(),
    health: async () => ({}),
    signerKeys: '/nowhere',
    home: '/nowhere',
    blobs: new BlobStore('/nowhere', '/nowhere', () => undefined),
    sbomBytes,
    artifactBytes,
    pollSeconds: 300,
    outward: [],
    mailing: undefined,
  })
  try {
    await app.ready()
    return `${JSON.stringify((app as unknown as { swagger(): unknown }).swagger(), null, 2)}\n`
  } finally {
    await app.close()
  }
}
