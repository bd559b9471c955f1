import { utf8 } from '@suture/trust/bytes.ts'
import { canonicalText } from '@suture/trust/canonical-text.ts'

/** Keys as a server hands them out, in the form of the signer's public file. */
export const keysFile = (keys: readonly { readonly purpose: string; readonly publicKey: string }[]): Uint8Array =>
  utf8(
    canonicalText({ version: 1, keys: Object.fromEntries(keys.map(({ purpose, publicKey }) => [purpose, publicKey])) }),
  )
