import { FailedCheck, packVerification } from '@suture/trust/pack-verification.ts'
import { type KeyPurpose, readVerifyingKeys, type VerifyingKeys } from '@suture/trust/signer-keys-file.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import { answeredByWeb, canVerify } from '@suture/trust/web-answers.ts'
import { maxPackBytes } from './limits.ts'
import type { News, Order } from './messages.ts'

const sayOf =
  (no: number) =>
  (news: News): void =>
    postMessage({ no, ...news })

const used = (keys: VerifyingKeys) =>
  Object.entries(keys).map(([purpose, { keyId }]) => ({ purpose: purpose as KeyPurpose, keyId }))

async function verify({ no, pack, keys: file }: Order): Promise<void> {
  const say = sayOf(no)
  if (!(await canVerify())) return say({ says: 'cannot' })
  const keys = await answeredByWeb(readVerifyingKeys(file)).catch((error: unknown) => {
    if (!(error instanceof VerificationError)) throw error
    say({ says: 'no-keys', why: error.message })
  })
  if (!keys) return
  say({ says: 'keys', keys: used(keys) })
  try {
    const passed = (check: { readonly check: FailedCheck['check']; readonly detail: string }) =>
      say({ says: 'passed', check })
    const { results } = await answeredByWeb(packVerification(pack, keys, { maxBytes: maxPackBytes, passed }))
    say({ says: 'verified', devices: results.length })
  } catch (error) {
    if (!(error instanceof FailedCheck)) throw error
    say({ says: 'failed', check: error.check, why: error.why })
  }
}

// What fails otherwise becomes an `error` of the worker, which whoever started it hears.
self.addEventListener('message', ({ data }: MessageEvent<Order>) => {
  void verify(data).catch((error: unknown) => reportError(error))
})
