import { z } from 'zod'

/** How every refusal and fault is told: RFC 9457, with the code of the refusal and the incident to quote. */
export const Problem = z
  .looseObject({
    type: z.string(),
    title: z.string(),
    status: z.int(),
    remedy: z.string(),
    code: z.string().optional(),
    incident: z.string(),
  })
  .meta({ id: 'Problem' })
