/** Thrown by an entry for a document that lists more than is read; the message says what and how many. */
export class TooLarge extends Error {
  override readonly name = 'TooLarge'
}
