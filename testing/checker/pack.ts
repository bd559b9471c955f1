import { createHash, createPublicKey, type KeyObject, verify } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Report } from './report.ts'

// Written from the DSSE and RFC 8785 texts, and from what the files hold: nothing of the code under test is used here.

type Json = null | boolean | number | string | Json[] | { [key: string]: Json }
interface Envelope {
  readonly payloadType: string
  readonly payload: string
  readonly signatures: readonly { readonly keyid: string; readonly sig: string }[]
}

/** One device's line of the evidence. */
interface Result {
  readonly device: string
  readonly state: string
  readonly assurance: string
  readonly hardwareRevision: string
  readonly after: string | null
}

interface Statement {
  readonly rollout: string
  readonly plan: string
  readonly release: string
  readonly verdict: string
  readonly approvers: readonly { readonly person: string; readonly keyId: string }[]
  readonly results: { readonly digest: string; readonly devices: number; readonly states: Record<string, number> }
  readonly findings: { readonly digest: string; readonly closed: number }
  readonly quarantined: readonly { readonly model: string; readonly hardwareRevision: string }[]
}

/** What a pack says, as far as it is compared with the world. */
export interface Pack {
  readonly statement: Statement
  readonly plan: { readonly createdBy: string; readonly audience: { readonly count: number } }
  readonly results: readonly Result[]
  readonly findings: readonly { readonly device: string; readonly vulnerability: string }[]
}

interface File {
  readonly statement: Envelope
  readonly plan: Envelope
  readonly release: Envelope
  readonly verdict: Envelope
  readonly approvals: readonly { person: string; keyId: string; publicKey: string; signature: string }[]
  readonly results: Result[]
  readonly findings: { device: string; vulnerability: string }[]
}

const sha256 = (bytes: Buffer | string): string => createHash('sha256').update(bytes).digest('hex')

/** RFC 8785 for what occurs here: keys in UTF-16 order, numbers and strings as ECMAScript writes them. */
const canonical = (value: Json): string => {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (value === null || typeof value !== 'object') return JSON.stringify(value)
  const keys = Object.keys(value).sort()
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical(value[key] as Json)}`).join(',')}}`
}

const keyIdOf = (key: KeyObject): string => sha256(key.export({ type: 'spki', format: 'der' }))

const payloadOf = ({ payload }: Envelope): Buffer => Buffer.from(payload, 'base64')

/** DSSE v1: the signature is over the type and the payload, each with its length. */
function isSigned({ payloadType, payload, signatures }: Envelope, key: KeyObject): boolean {
  const body = Buffer.from(payload, 'base64')
  const message = Buffer.concat([Buffer.from(`DSSEv1 ${payloadType.length} ${payloadType} ${body.length} `), body])
  return signatures.some(
    ({ keyid, sig }) => keyid === keyIdOf(key) && verify(null, message, key, Buffer.from(sig, 'base64')),
  )
}

const readKeys = (path: string): Record<string, KeyObject> => {
  const { keys } = JSON.parse(readFileSync(path, 'utf8')) as { keys: Record<string, string> }
  return Object.fromEntries(Object.entries(keys).map(([name, pem]) => [name, createPublicKey(pem)]))
}

/** Reads an evidence pack, and holds every signature and digest in it against our own computation. */
export function readPack(path: string, keysPath: string, report: Report): Pack {
  const file = JSON.parse(readFileSync(path, 'utf8')) as File
  const keys = readKeys(keysPath)
  const signed = { evidence: file.statement, 'rollout-plan': file.plan, 'release-publish': file.release }
  for (const [purpose, envelope] of Object.entries(signed)) {
    const key = keys[purpose]
    report.hold(
      key !== undefined && isSigned(envelope, key),
      () => `The signer did not sign the ${purpose} of the pack`,
    )
  }
  const statement = JSON.parse(payloadOf(file.statement).toString()) as Statement
  const plan = JSON.parse(payloadOf(file.plan).toString()) as Pack['plan'] & { createdBy: string }
  holdDigests(file, statement, report)
  holdApprovals(file, statement, plan.createdBy, report)
  return { statement, plan, results: file.results, findings: file.findings }
}

function holdDigests(file: File, statement: Statement, report: Report): void {
  const lists = {
    plan: [statement.plan, sha256(payloadOf(file.plan))],
    release: [statement.release, sha256(payloadOf(file.release))],
    verdict: [statement.verdict, sha256(payloadOf(file.verdict))],
    results: [statement.results.digest, sha256(canonical(file.results as unknown as Json))],
    findings: [statement.findings.digest, sha256(canonical(file.findings as unknown as Json))],
  } as const
  for (const [name, [said, is]] of Object.entries(lists))
    report.hold(said === is, () => `The pack’s ${name} is not what the statement names`)
  report.hold(
    statement.results.devices === file.results.length,
    () => 'The statement counts other devices than the list',
  )
  for (const [state, count] of Object.entries(statement.results.states)) {
    const found = file.results.filter((each) => each.state === state).length
    report.hold(found === count, () => `The statement counts ${count} ${state}, the list holds ${found}`)
  }
}

function holdApprovals(file: File, statement: Statement, maker: string, report: Report): void {
  const message = Buffer.from(`suture-approval:v1:${statement.plan}`)
  const people = new Set<string>()
  for (const { person, keyId, publicKey, signature } of file.approvals) {
    const key = createPublicKey(publicKey)
    const good = keyIdOf(key) === keyId && verify(null, message, key, Buffer.from(signature, 'base64'))
    report.hold(good, () => `The approval of ${person} does not verify`)
    report.hold(person !== maker, () => 'The maker of the plan approved it')
    if (good && person !== maker) people.add(person)
  }
  report.hold(people.size >= 2, () => `${people.size} people approved the plan; two must`)
  const named = statement.approvers.map(({ person }) => person).sort()
  report.hold(
    named.join() === [...people].sort().join(),
    () => 'The statement names other approvers than the pack proves',
  )
}
