import { sql } from 'kysely'

/**
 * When a finding is due, from its decision `d` and when its device was found; the twin of `endOfDay`. A decision belongs
 * to many devices; one that was found after its clock had begun has as many days from when it was found, so that
 * nothing is overdue the moment it is found.
 * @param found the column with when the device was found
 */
export const dueOf = (found: 'i.created_at' | 'c.first_at') => sql<Date | null>`
  case when d.days is null then null
       when ${sql.ref(found)} > d.clock_start then
         (date_trunc('day', ${sql.ref(found)} at time zone 'UTC') at time zone 'UTC') + (d.days + 1) * interval '24 hours'
           - interval '1 millisecond'
       else d.due_at end`
