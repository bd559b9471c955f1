import { z } from 'zod'

/** The query fields of every list: how many, and where the page before ended. */
export const pageQuery = {
  limit: z.coerce.number().int().min(1).max(500).default(50),
  cursor: z.string().max(512).optional(),
}

/** A page of a list, and the cursor of the next one; no cursor means that this was the last. */
export const page = <T extends z.ZodType>(item: T) => z.object({ items: z.array(item), next: z.string().optional() })
