import type { RefusalText } from './text.ts'

export const httpRefusals = {
  'http/malformed': {
    status: 400,
    says: 'The request does not have the form this endpoint takes',
    remedy: 'Compare the fields named under `errors` with the endpoint’s schema in /openapi.json',
  },
  'http/too-deep': {
    status: 400,
    says: 'The JSON document is nested deeper than 64 levels',
    remedy: 'Send a flatter document',
  },
  'http/too-large': {
    status: 413,
    says: 'The request body is larger than this endpoint takes',
    remedy: 'Send less at once; the limit is in `limitBytes`',
  },
  'http/media-type': {
    status: 415,
    says: 'This endpoint does not take that media type',
    remedy: 'Send the one in `mediaType`, without a Content-Encoding',
  },
  'http/no-such-endpoint': {
    status: 404,
    says: 'Nothing answers at this method and path',
    remedy: 'See /openapi.json or /reference for what there is',
  },
  'http/too-many-requests': {
    status: 429,
    says: 'This caller asks more often than it may',
    remedy: 'Wait as long as the Retry-After header says',
  },
  'http/not-ready': { status: 503, says: 'The server is starting or stopping', remedy: 'Try again in a few seconds' },
  'http/database-away': {
    status: 503,
    says: 'The database does not answer, or ended while it worked on this',
    remedy:
      'Try again in a few seconds, with the same Idempotency-Key if there was one; if there was none, look first whether it was done',
  },
  'http/database-slow': {
    status: 503,
    says: 'The database worked on this for longer than it may, and undid it',
    remedy: 'Try again in a few seconds; where it always takes so long, ask for less at once',
  },
  'http/bad-cursor': {
    status: 400,
    says: 'The cursor was not given out by this endpoint',
    remedy: 'Start again without a cursor',
  },
  'http/bad-query': {
    status: 400,
    says: 'The query cannot be read',
    remedy:
      'Mend what `problem` names, which stands from `at.from` to `at.to`; where there is a `meant`, it is a query that may have been meant. The fields are in the guide to the query language',
  },
  'http/wrong-host': {
    status: 421,
    says: 'The request names a host that this server does not answer for',
    remedy: 'Use the server’s own address, or set SUTURE_PUBLIC_URL to the address that people use',
  },
  'http/too-many-streams': {
    status: 429,
    says: 'As many event streams and uploads are open as this caller, or the whole server, may have at a time',
    remedy: 'Close one, or wait; one stream carries every event of the tenant',
  },
  'http/headers-too-large': {
    status: 431,
    says: 'The address and the headers of the request are larger than 16 KiB together',
    remedy: 'Send a shorter address and fewer or shorter headers',
  },
  'http/too-slow': {
    status: 408,
    says: 'The request came too slowly: 30 seconds are allowed for its headers, and for its body 30 seconds and one more for each 64 KiB',
    remedy: 'Send it again over a faster connection, or in smaller parts',
  },
  'http/cut-short': {
    status: 400,
    says: 'The connection ended before the request body did',
    remedy: 'Send it again',
  },
  'http/still-working': {
    status: 409,
    says: 'Another request with this Idempotency-Key is being worked on, or has just ended',
    remedy:
      'Send it again with the same key after as long as the Retry-After header says: it is answered as the first was',
  },
  'http/key-reused': {
    status: 422,
    says: 'This Idempotency-Key came with another request before',
    remedy: 'Make a new key for each thing that is to be done, and keep it for the repetitions of that alone',
  },
  'http/answer-sealed': {
    status: 409,
    says: 'This was done when the Idempotency-Key first came, and only the session or token that asked then can read the answer',
    remedy: 'Look at what there is; what was told once and is lost, such as a secret, is made anew',
  },
  'http/no-precondition': {
    status: 428,
    says: 'An edit must say which state of the thing it is made to',
    remedy: 'Read it, and send its ETag in If-Match; `*` means whatever it is now',
  },
  'http/changed-meanwhile': {
    status: 412,
    says: 'Somebody changed this since it was read',
    remedy: 'Read it again, make the change to what it is now, and send the new ETag in If-Match',
  },
} as const satisfies Record<`http/${string}`, RefusalText>
