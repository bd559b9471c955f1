/** One thing that Suture refuses. */
export interface RefusalText {
  /** The HTTP status that the outside world sees (RFC 9110 section 15). */
  readonly status: 400 | 401 | 403 | 404 | 405 | 408 | 409 | 412 | 413 | 415 | 421 | 422 | 428 | 429 | 431 | 503
  /** What was refused and why, as one sentence. */
  readonly says: string
  /** What the caller can do about it. */
  readonly remedy: string
}
