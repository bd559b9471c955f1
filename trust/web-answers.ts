import { joined } from './bytes.ts'
import type { Answer, Asking, Question } from './question.ts'
import { spkiOf } from './verifying-key.ts'

async function answer(question: Question): Promise<Answer> {
  const { subtle } = crypto
  if (question.asks === 'sha256') return new Uint8Array(await subtle.digest('SHA-256', joined(question.of))).toHex()
  const key = await subtle.importKey('spki', spkiOf(question.key.point), 'Ed25519', false, ['verify'])
  return subtle.verify('Ed25519', key, Uint8Array.from(question.signature), Uint8Array.from(question.message))
}

/** Answers every question with WebCrypto, which browsers and Node have. */
export async function answeredByWeb<T>(asking: Asking<T>): Promise<T> {
  let step = asking.next()
  while (!step.done) step = asking.next(await answer(step.value))
  return step.value
}

/** Whether this engine can verify at all: Ed25519 in WebCrypto, outside of which no page may use it, and base64 of bytes. */
export async function canVerify(): Promise<boolean> {
  if (globalThis.crypto?.subtle === undefined || typeof Uint8Array.fromBase64 !== 'function') return false
  // The public key of RFC 8037 appendix A.2.
  const x = '11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo'
  return crypto.subtle.importKey('jwk', { kty: 'OKP', crv: 'Ed25519', x }, 'Ed25519', false, ['verify']).then(
    () => true,
    () => false,
  )
}
