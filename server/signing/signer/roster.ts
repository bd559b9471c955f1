import { type PublicKey, readPublicKey } from '@suture/trust/keys.ts'
import {
  digest,
  instant,
  integer,
  line,
  list,
  object,
  oneOf,
  optional,
  type Read,
  type Shape,
  uuid,
} from '@suture/trust/shape.ts'

const publicKey: Shape<string> = (value, at) => {
  readPublicKey(typeof value === 'string' && value.length <= 1000 ? value : at)
  return value as string
}

/** The form of one entry of the roster. */
export const memberShape = object({
  person: uuid,
  name: line,
  tenant: uuid,
  role: oneOf('approver', 'lab'),
  keyId: digest,
  /** SubjectPublicKeyInfo in PEM. */
  publicKey,
  enrolledAt: instant,
  revokedAt: optional(instant),
})

/** Whoever the signer believes: a person who may approve, or a lab whose verdicts count, in one tenant. */
export type Member = Read<typeof memberShape>

/** The form of the roster inside the sealed home. */
export const rosterShape = object({
  /** Grows with every ceremony, so that an older copy is recognised. */
  counter: integer(0, Number.MAX_SAFE_INTEGER),
  members: list(memberShape, { min: 0, max: 100_000 }),
})

export type Roster = Read<typeof rosterShape>

export const keyOf = (member: Member): PublicKey => readPublicKey(member.publicKey)

/** The members who hold a role in a tenant at the moment. */
export const holding = ({ members }: Roster, tenant: string, role: Member['role']): readonly Member[] =>
  members.filter((each) => each.tenant === tenant && each.role === role && each.revokedAt === undefined)
