import { z } from 'zod'

/** A SHA-256 in lower-case hex. */
export const Digest = z.string().regex(/^[0-9a-f]{64}$/, 'a SHA-256 in lower-case hex')
