import type { Scoped } from '#platform/database/store.ts'

/** Whether the tenant's record has this document already. */
export const wasTold = async ({ db }: Scoped, digest: string): Promise<boolean> =>
  (await db
    .selectFrom('platform_event')
    .select('id')
    .where('kind', '=', 'knowledge.imported')
    .where('subject', '=', digest)
    .limit(1)
    .executeTakeFirst()) !== undefined
