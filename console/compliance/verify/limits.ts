export { maxSignerKeysBytes } from '@suture/trust/signer-keys-file.ts'

/** The largest pack that a browser is made to hold, in bytes; the command line takes four times as much. */
export const maxPackBytes = 64 << 20
