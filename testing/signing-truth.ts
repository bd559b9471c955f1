import { createHash, createPublicKey, verify } from 'node:crypto'

/** What people and labs really did, noted while they did it; the checker below believes nothing else. */
export interface Truth {
  /** Who may do what in which tenant. */
  readonly enrolled: {
    readonly person: string
    readonly keyId: string
    readonly tenant: string
    readonly role: 'approver' | 'lab'
  }[]
  /** Which bytes a person put their name under. */
  readonly approvals: { readonly person: string; readonly digest: string }[]
  /** What a lab passed. */
  readonly passed: {
    readonly lab: string
    readonly tenant: string
    readonly release: string
    readonly artifacts: string[]
    /** SHA-256 of the verdict. */
    readonly digest: string
  }[]
}

interface Envelope {
  payloadType: string
  payload: string
  signatures: { sig: string }[]
}

interface Plan {
  tenant: string
  release: string
  createdBy: string
  artifacts: { sha256: string }[]
  audience: { count: number }
}

interface Evidence {
  tenant: string
  plan: string
  release: string
  verdict: string
  approvers: { person: string; keyId: string }[]
  results: { devices: number; states: Record<string, number> }
  at: string
}

/** What the signer’s keys verified for, by the digest of its bytes. */
type Signed = ReadonlyMap<string, { readonly purpose: string; readonly document: unknown }>

const digestOf = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex')

const sorted = (value: unknown): unknown =>
  Array.isArray(value)
    ? value.map(sorted)
    : typeof value === 'object' && value !== null
      ? Object.fromEntries(
          Object.entries(value)
            .toSorted(([a], [b]) => (a < b ? -1 : 1))
            .map(([key, item]) => [key, sorted(item)]),
        )
      : value

/** The purpose whose public key verifies an envelope, if any does. */
function signedFor(
  keys: Readonly<Record<string, string>>,
  { payloadType, payload, signatures }: Envelope,
): string | undefined {
  const bytes = Buffer.from(payload, 'base64')
  const message = Buffer.concat([
    Buffer.from(`DSSEv1 ${Buffer.byteLength(payloadType)} ${payloadType} ${bytes.length} `),
    bytes,
  ])
  return Object.keys(keys).find((purpose) =>
    signatures.some(({ sig }) =>
      verify(null, message, createPublicKey(keys[purpose] ?? ''), Buffer.from(sig, 'base64')),
    ),
  )
}

const names = (plan: Plan): string =>
  plan.artifacts
    .map((each) => each.sha256)
    .toSorted()
    .join()

function wasPassed(truth: Truth, release: Plan): boolean {
  const isLab = (lab: string) =>
    truth.enrolled.some((each) => each.person === lab && each.tenant === release.tenant && each.role === 'lab')
  return truth.passed.some(
    (each) =>
      isLab(each.lab) &&
      each.tenant === release.tenant &&
      each.release === release.release &&
      each.artifacts.toSorted().join() === names(release),
  )
}

function wasApproved(truth: Truth, plan: Plan, digest: string): boolean {
  const people = truth.enrolled
    .filter((each) => each.tenant === plan.tenant && each.role === 'approver' && each.person !== plan.createdBy)
    .filter((each) => truth.approvals.some((act) => act.person === each.person && act.digest === digest))
  return new Set(people.map((each) => each.person)).size >= 2
}

/** What evidence says that is not so; nothing when it is about what was truly approved and signed. */
function falsehood(truth: Truth, signed: Signed, evidence: Evidence): string | undefined {
  const approved = evidence.approvers.filter(({ person, keyId }) =>
    truth.enrolled.some(
      (each) =>
        each.person === person && each.keyId === keyId && each.tenant === evidence.tenant && each.role === 'approver',
    ),
  )
  const consented = approved.filter(({ person }) =>
    truth.approvals.some((act) => act.person === person && act.digest === evidence.plan),
  )
  const people = new Set(consented.map(({ person }) => person))
  if (people.size < 2 || people.size !== evidence.approvers.length) return 'people who did not approve'
  const [plan, release] = [signed.get(evidence.plan), signed.get(evidence.release)]
  const { tenant, createdBy, release: planned, audience } = (plan?.document ?? {}) as Partial<Plan>
  if (plan?.purpose !== 'rollout-plan' || tenant !== evidence.tenant) return 'a plan that was never signed'
  if (people.has(createdBy ?? '')) return 'the maker of the plan as its approver'
  if (release?.purpose !== 'release-publish' || (release.document as Plan).release !== planned)
    return 'another release than the plan'
  if (!truth.passed.some((each) => each.digest === evidence.verdict && each.release === planned))
    return 'a verdict that no lab gave'
  const { devices, states } = evidence.results
  const counted = Object.values(states).reduce((sum, each) => sum + each, 0)
  if (devices !== audience?.count || counted !== devices) return 'another number of devices than the plan'
  return Date.parse(evidence.at) > Date.now() + 600_000 ? 'a time that has not come' : undefined
}

const typeOf: Readonly<Record<string, string>> = { evidence: 'suture.rollout-evidence.v1' }

/** Why something that the signer signed should not have been; nothing when it was truly approved. */
function violation(truth: Truth, signed: Signed, purpose: string, payload: Buffer): string | undefined {
  const text = payload.toString('utf8')
  const document = JSON.parse(text) as Plan & { type: string }
  if (JSON.stringify(sorted(document)) !== text) return 'signed bytes that two parsers may read differently'
  if (document.type !== (typeOf[purpose] ?? `suture.${purpose}.v1`))
    return `the key for ${purpose} signed a ${document.type}`
  if (purpose === 'evidence') {
    const what = falsehood(truth, signed, document as unknown as Evidence)
    return what && `signed evidence of ${what}`
  }
  if (!wasPassed(truth, document)) return `signed a ${purpose} for a release that no lab of its tenant passed`
  if (purpose === 'rollout-plan' && !wasApproved(truth, document, digestOf(payload)))
    return 'signed a plan that no two people approved'
  return undefined
}

function envelopeIn(text: string): Envelope | undefined {
  try {
    return JSON.parse(text) as Envelope
  } catch {
    return undefined
  }
}

/** The envelopes among some texts that one of the keys verifies. */
function verifiedIn(keys: Readonly<Record<string, string>>, texts: readonly string[]) {
  return texts.flatMap((text) => {
    const envelope = envelopeIn(text)
    const purpose = envelope && signedFor(keys, envelope)
    return envelope && purpose ? [{ text, purpose, payload: Buffer.from(envelope.payload, 'base64') }] : []
  })
}

/**
 * Everything wrong with a heap of envelopes: those that verify must be for what was truly approved, and unambiguous.
 * @param ever every envelope that was ever signed, for evidence that names others
 */
export function violations(
  truth: Truth,
  keys: Readonly<Record<string, string>>,
  envelopes: readonly string[],
  ever: readonly string[] = envelopes,
) {
  const wrong: string[] = []
  const signatures = new Map<string, string>()
  const signed: Signed = new Map(
    verifiedIn(keys, ever).map(({ purpose, payload }) => [
      digestOf(payload),
      { purpose, document: JSON.parse(payload.toString('utf8')) as unknown },
    ]),
  )
  const verified = verifiedIn(keys, envelopes)
  for (const { text, purpose, payload } of verified) {
    const why = violation(truth, signed, purpose, payload)
    if (why) wrong.push(why)
    const of = `${purpose} ${digestOf(payload)}`
    if ((signatures.get(of) ?? text) !== text) wrong.push('signed the same bytes twice, differently')
    signatures.set(of, text)
  }
  return { wrong, verified: verified.length }
}
