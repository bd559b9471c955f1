import { sql } from 'kysely'

/**
 * When a finding is due, from its decision and when its device was found; the twin of `endOfDay`. A decision belongs
 * to many devices; one that was found after its clock had begun has as many days from when it was found, so that
 * nothing is overdue the moment it is found.
 * @param found the column with when the device was found
 * @param of what the decision is called in the statement
 */
export const dueOf = (found: 'i.created_at' | 'c.first_at' | 'd.created_at', of: 'd' | 'r' = 'd') => sql<Date | null>`
  case when ${sql.ref(`${of}.days`)} is null then null
       when ${sql.ref(found)} > ${sql.ref(`${of}.clock_start`)} then
         (date_trunc('day', ${sql.ref(found)} at time zone 'UTC') at time zone 'UTC')
           + (${sql.ref(`${of}.days`)} + 1) * interval '24 hours' - interval '1 millisecond'
       else ${sql.ref(`${of}.due_at`)} end`
