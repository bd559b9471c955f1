import { publicPem, readPublicKey } from '@suture/trust/keys.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import {
  countingKeys,
  findVendorKey,
  insertVendorKey,
  lockVendorKeys,
  markVendorKeyRevoked,
} from './vendor-key.queries.ts'

/** With how many keys a signature is compared at the most; they travel into the sandbox together. */
const mostKeys = 256

function read(text: string) {
  try {
    return readPublicKey(text)
  } catch (error) {
    if (error instanceof VerificationError) throw new Refusal('releases/key-unreadable', { detail: error.message })
    throw error
  }
}

/** Makes the signatures of a key count as its manufacturer's. */
export const addVendorKey = (
  store: Store,
  clock: Clock,
  scope: Scope,
  given: { readonly manufacturer: string; readonly name: string; readonly publicKey: string },
) =>
  withScope(store, scope, async (scoped) => {
    const key = read(given.publicKey)
    await lockVendorKeys(scoped)
    if ((await countingKeys(scoped)).length >= mostKeys) throw new Refusal('releases/too-many-keys', { most: mostKeys })
    const { manufacturer, name } = given
    const at = clock.now()
    const { keyId } = key
    const stored = await insertVendorKey(scoped, {
      id: newId(at),
      manufacturer,
      name,
      keyId,
      publicKey: publicPem(key),
      at,
    })
    if (!stored) throw new Refusal('releases/key-taken')
    await emit(scoped, clock, { kind: 'vendor-key.added', subject: stored.id, detail: { manufacturer, name, keyId } })
    return stored
  })

/** Makes a key count no longer; doing it twice is no error. */
export const revokeVendorKey = (store: Store, clock: Clock, scope: Scope, id: string) =>
  withScope(store, scope, async (scoped) => {
    const found = await findVendorKey(scoped, id)
    if (!found) throw new Refusal('releases/key-unknown')
    if (found.revokedAt !== null) return found
    const { manufacturer, name, keyId } = found
    const revoked = await markVendorKeyRevoked(scoped, id, clock.now())
    await emit(scoped, clock, { kind: 'vendor-key.revoked', subject: id, detail: { manufacturer, name, keyId } })
    return revoked
  })
