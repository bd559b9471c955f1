import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'

const Wanted = z.strictObject({
  /** At which hour of the day, UTC. */
  hour: z.int().min(0).max(23),
  /** Whether what cannot wait is told within five minutes as well. */
  urgent: z.boolean(),
})

const Digest = z.object({
  /** Where it goes: the login name, if that is a mail address. */
  mail: z.string().nullable(),
  /** Whether this server is set to send mail. */
  canSend: z.boolean(),
  /** None: no mail at all. */
  digest: Wanted.extend({ toldAt: Instant }).nullable(),
})

export const getDigest = endpoint({
  id: 'getDigest',
  method: 'GET',
  path: '/digest',
  may: 'signed-in',
  tag: 'Notices',
  summary: 'Which mails the caller has chosen to get: none, unless they did.',
  reply: Digest,
  refusals: ['auth/person-needed'],
})

export const setDigest = endpoint({
  id: 'setDigest',
  method: 'PUT',
  path: '/digest',
  may: 'signed-in',
  tag: 'Notices',
  summary: 'Chooses one mail a day about what needs a person, with what cannot wait at once if wanted; or none.',
  body: z.strictObject({ digest: Wanted.nullable() }),
  reply: Digest,
  refusals: ['auth/person-needed', 'integrations/no-mail', 'integrations/no-address'],
})
