import { createHash, createPublicKey, verify } from 'node:crypto'

/** What people and labs really did, noted while they did it; the checker below believes nothing else. */
export interface Truth {
  /** Who may do what in which tenant. */
  readonly enrolled: { readonly person: string; readonly tenant: string; readonly role: 'approver' | 'lab' }[]
  /** Which bytes a person put their name under. */
  readonly approvals: { readonly person: string; readonly digest: string }[]
  /** What a lab passed. */
  readonly passed: {
    readonly lab: string
    readonly tenant: string
    readonly release: string
    readonly artifacts: string[]
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
}

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

/** Why something that the signer signed should not have been; nothing when it was truly approved. */
function violation(truth: Truth, purpose: string, payload: Buffer): string | undefined {
  const text = payload.toString('utf8')
  const document = JSON.parse(text) as Plan & { type: string }
  if (JSON.stringify(sorted(document)) !== text) return 'signed bytes that two parsers may read differently'
  if (document.type !== `suture.${purpose}.v1`) return `the key for ${purpose} signed a ${document.type}`
  if (!wasPassed(truth, document)) return `signed a ${purpose} for a release that no lab of its tenant passed`
  if (purpose === 'rollout-plan' && !wasApproved(truth, document, digestOf(payload)))
    return 'signed a plan that no two people approved'
  return undefined
}

/** Everything wrong with a heap of envelopes: those that verify must be for what was truly approved, and unambiguous. */
export function violations(truth: Truth, keys: Readonly<Record<string, string>>, envelopes: readonly string[]) {
  const wrong: string[] = []
  const signatures = new Map<string, string>()
  let verified = 0
  for (const text of envelopes) {
    let envelope: Envelope
    try {
      envelope = JSON.parse(text) as Envelope
    } catch {
      continue
    }
    const purpose = signedFor(keys, envelope)
    if (purpose === undefined) continue
    verified++
    const payload = Buffer.from(envelope.payload, 'base64')
    const why = violation(truth, purpose, payload)
    if (why) wrong.push(why)
    const of = `${purpose} ${digestOf(payload)}`
    if ((signatures.get(of) ?? text) !== text) wrong.push('signed the same bytes twice, differently')
    signatures.set(of, text)
  }
  return { wrong, verified }
}
