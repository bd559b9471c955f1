/** Something that whoever runs this machine can put right: the message says what, why and what to do, and is all they need. */
export class OperatorError extends Error {
  override readonly name = 'OperatorError'
}
