import { randomBytes } from 'node:crypto'
import type { Clock } from '#platform/clock.ts'
import { type Scope, type Store, withScope } from '#platform/database/store.ts'
import { emit } from '#platform/events/event.queries.ts'
import { mustSeeAllSites } from '#platform/http/caller.ts'
import { newId } from '#platform/id.ts'
import { Refusal } from '#platform/refusal.ts'
import { hashSecret } from '#platform/secret-hash.ts'
import { insertGateway, markGatewayRevoked } from './gateway.queries.ts'

/** Makes a gateway: a secret of 256 random bits in hex, of which only the SHA-256 is stored. */
export const createGateway = (store: Store, clock: Clock, scope: Scope, name: string) =>
  withScope(store, scope, async (scoped) => {
    mustSeeAllSites(scope)
    const secret = randomBytes(32).toString('hex')
    const now = clock.now()
    const gateway = await insertGateway(scoped, { id: newId(now), name, hash: hashSecret(secret), now })
    await emit(scoped, clock, { kind: 'gateway.created', subject: gateway.id, detail: { name } })
    return { gateway, secret }
  })

/** Revokes a gateway's secret at once; doing it twice is no error. */
export const revokeGateway = (store: Store, clock: Clock, scope: Scope, id: string) =>
  withScope(store, scope, async (scoped) => {
    mustSeeAllSites(scope)
    const revoked = await markGatewayRevoked(scoped, id, clock.now())
    if (!revoked) throw new Refusal('inventory/gateway-unknown')
    const { gateway, wasInForce } = revoked
    if (wasInForce) await emit(scoped, clock, { kind: 'gateway.revoked', subject: id, detail: { name: gateway.name } })
    return gateway
  })
