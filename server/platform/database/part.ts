import { sql } from 'kysely'
import { Refusal } from '#platform/refusal.ts'
import type { Scoped } from './store.ts'

/**
 * Does all of a part of a transaction or, where it is refused, nothing of it, and the transaction goes on.
 * @returns why it was refused
 */
export async function allOrNothing({ db }: Scoped, does: () => Promise<unknown>): Promise<Refusal | undefined> {
  await sql`savepoint part`.execute(db)
  try {
    await does()
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await sql`rollback to savepoint part`.execute(db)
    return error
  }
  await sql`release savepoint part`.execute(db)
  return undefined
}
