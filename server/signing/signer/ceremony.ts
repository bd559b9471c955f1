import { publicPem, readPublicKey } from '@suture/trust/keys.ts'
import { VerificationError } from '@suture/trust/verification-error.ts'
import { OperatorError } from '#platform/operator-error.ts'
import { changeRoster, openHome, readSealed } from './home.ts'
import { readPassphrase } from './passphrase.ts'
import { type Member, memberShape, type Roster } from './roster.ts'
import { Lock } from './seal.ts'

/** A signer's home and what opens it. */
export interface Ceremony {
  readonly home: string
  readonly lock: Lock
}

/** The ceremony of whoever knows the passphrase. */
export const ceremonyWith = (home: string, passphrase: string): Ceremony => ({ home, lock: new Lock(passphrase) })

/** The ceremony for a home whose passphrase is where the signer itself would find it. */
export const ceremonyAt = (home: string, env: Readonly<Record<string, string | undefined>>): Ceremony => ({
  home,
  lock: new Lock(readPassphrase(home, env)),
})

/** Whom to enrol. */
export interface Newcomer {
  readonly tenant: string
  readonly person: string
  readonly name: string
  /** The public key, in PEM or JWK. */
  readonly publicKey: string
  readonly role: Member['role']
}

/**
 * Makes a key count as a person's consent, or as a lab's verdict, in one tenant.
 * A key is enrolled once in a tenant, so that nobody can be two people with one key.
 */
export function enrol({ home, lock }: Ceremony, { publicKey, ...newcomer }: Newcomer, now: Date): Member {
  openHome(home, lock)
  const key = inWords(() => readPublicKey(publicKey))
  const given = { ...newcomer, keyId: key.keyId, publicKey: publicPem(key), enrolledAt: now.toISOString() }
  const member = inWords(() => memberShape(given, ''))
  changeRoster(home, lock, (members) => {
    if (members.some((each) => each.tenant === member.tenant && each.keyId === member.keyId)) {
      throw new OperatorError('This key was enrolled in this tenant before; a revoked key stays revoked.')
    }
    return [...members, member]
  })
  return member
}

/** What is wrong with something given, for the person who gave it. */
function inWords<T>(read: () => T): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof VerificationError ? new OperatorError(error.message) : error
  }
}

/** Makes a key count no longer; what was signed before stays signed. */
export function revoke(
  { home, lock }: Ceremony,
  { tenant, keyId }: { readonly tenant: string; readonly keyId: string },
  now: Date,
): void {
  changeRoster(home, lock, (members) => {
    const isMeant = (each: Member) => each.tenant === tenant && each.keyId === keyId && each.revokedAt === undefined
    if (!members.some(isMeant)) throw new OperatorError('No key of this name is in force in this tenant.')
    return members.map((each) => (isMeant(each) ? { ...each, revokedAt: now.toISOString() } : each))
  })
}

/** Who is enrolled, those who were revoked included. */
export const readRoster = ({ home, lock }: Ceremony): Roster => readSealed(home, lock).roster
