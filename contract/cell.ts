import { z } from 'zod'

/** One hardware revision of a model, with what an update starts from there. */
export const Cell = z.object({
  model: z.string(),
  hardwareRevision: z.string(),
  bootloader: z.string().optional(),
  currentVersion: z.string().optional(),
})
