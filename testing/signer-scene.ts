import { onTestFinished } from 'vitest'
import { query } from './database.ts'
import { again } from './hostile/attack.ts'
import { type SignerProcess, startSigner } from './signer-process.ts'
import { signedRelease } from './signing-evidence.ts'
import * as world from './signing-world.ts'

/** A signing world for the test that is running, and signers in it. */
export interface SignerScene {
  readonly world: world.SigningWorld
  /** Starts a signer, which the end of its block or of the test stops. */
  running(options?: { readonly passphrase?: string }): Promise<RunningSigner>
  /** A plan that two people of the first tenant approved, and what proves it; a signer must run. */
  approvedPlan(): Promise<ApprovedPlan>
  /** Makes a decided row ask once more, as somebody can who writes the database. */
  askAgain(id: string): Promise<unknown>
  /** How many requests wait for a decision. */
  waiting(): Promise<number>
}

type RunningSigner = SignerProcess & AsyncDisposable & { readonly ready: boolean }

export interface ApprovedPlan {
  readonly tenant: world.SigningTenant
  readonly payload: Buffer
  readonly proofs: { readonly approvals: readonly ReturnType<typeof world.consent>[]; readonly release: unknown }
  /** Asks for its signature, with these proofs or others. */
  ask(proofs?: object): ReturnType<typeof world.ask>
}

/** Sets the scene: a database, a home and two tenants that no other test touches. */
export async function setScene(): Promise<SignerScene> {
  const here = await world.makeSigningWorld()
  onTestFinished(() => here.end())
  const { superuser } = here.database.urls
  return {
    world: here,
    async running(options = {}) {
      const signer = await startSigner({ home: here.home, url: here.database.urls.signer, ...options })
      const stop = async () => void (await signer.end('SIGTERM'))
      onTestFinished(stop)
      return Object.assign(signer, { [Symbol.asyncDispose]: stop })
    },
    askAgain: (id) => query(superuser, `update signing_request set ${again} where id = $1`, [id]),
    async waiting() {
      const open = await query(superuser, `select id from signing_request where state = 'requested'`)
      return open.length
    },
    async approvedPlan() {
      const [tenant] = here.tenants
      const { release, statement } = await signedRelease(here, tenant)
      const payload = world.bytesOf(world.newPlan(tenant, release))
      const approvals = tenant.approvers.slice(0, 2).map((person) => world.consent(here.truth, person, payload))
      const proofs = { approvals, release: statement }
      const ask = (changed: object = {}) => world.ask(here, tenant, 'rollout-plan', payload, { ...proofs, ...changed })
      return { tenant, payload, proofs, ask }
    },
  }
}
