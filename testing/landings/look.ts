import { createHash } from 'node:crypto'
import { type Connection, call } from '@suture/contract/client.ts'
import { getEvidencePack, listEvidence } from '@suture/contract/compliance.ts'
import { listJobs, listRollouts } from '@suture/contract/deployment.ts'
import { listDevices } from '@suture/contract/devices.ts'
import { listVulnerabilities } from '@suture/contract/intelligence.ts'
import { listBills } from '@suture/contract/inventory.ts'
import { listFindings } from '@suture/contract/risk.ts'
import { verifyEvidencePack } from '@suture/trust/evidence-pack.ts'
import { type EvidencePack, maxPackBytes, packParts } from '@suture/trust/pack-file.ts'
import { parseSignerKeys } from '@suture/trust/signer-keys.ts'
import { everyItem } from '../../cli/pages.ts'

/** What a landing looked like through the public door. */
export interface Sight {
  /** Serial number, version and state of each device. */
  readonly devices: readonly string[]
  readonly bills: readonly string[]
  /** Each rollout with its state, and what became of each of its devices. */
  readonly rollouts: readonly { readonly name: string; readonly state: string; readonly jobs: readonly string[] }[]
  readonly vulnerabilities: number
  /** Device × vulnerability, and SHA-256 of the list of them with their verdicts and outcomes. */
  readonly findings: { readonly count: number; readonly digest: string }
  /** What each pack says, verified with the signer's public keys alone. */
  readonly evidence: readonly { readonly devices: number; readonly closed: number; readonly checks: number }[]
}

/** What is kept of a landing beside its backup. */
export interface Landing {
  /** SHA-256 of the backup's manifest. */
  readonly digest: string
  readonly schema: string
  /** The signer's, made for this landing alone. */
  readonly passphrase: string
  readonly enrolled: number
  /** The signer's public keys, as `suture signer keys --export` writes them. */
  readonly keys: string
  readonly login: string
  readonly password: string
  readonly sees: Sight
}

export async function signInAs(base: string, login: string, password: string): Promise<Connection> {
  const response = await fetch(new URL('/api/v1/session', base), {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ login, password }),
  })
  const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
  if (response.status !== 201 || cookie === undefined) throw new Error(`${login} was answered ${response.status}`)
  return { base, headers: { cookie } }
}

async function rolloutsOf(to: Connection): Promise<Sight['rollouts']> {
  const rollouts = await everyItem((query) => call(to, listRollouts, { query }))
  return Promise.all(
    rollouts.map(async ({ id, name, state }) => {
      const jobs = await everyItem((query) => call(to, listJobs, { query: { ...query, rollout: id } }))
      return { name, state, jobs: jobs.map((job) => `${job.deviceName} ${job.state}`).sort() }
    }),
  )
}

async function evidenceOf(to: Connection, keys: string): Promise<Sight['evidence']> {
  const trusted = parseSignerKeys(Buffer.from(keys))
  const packs = await everyItem((query) => call(to, listEvidence, { query }))
  return Promise.all(
    packs.map(async ({ id }) => {
      const pack = await call(to, getEvidencePack, { params: { id } })
      const bytes = Buffer.concat([...packParts(pack as unknown as EvidencePack)])
      const { document, checks } = verifyEvidencePack(bytes, trusted, { maxBytes: maxPackBytes })
      return { devices: document.results.devices, closed: document.findings.closed, checks: checks.length }
    }),
  )
}

/** Looks at everything that somebody with an auditor's session sees. */
export async function lookAround(to: Connection, keys: string): Promise<Sight> {
  const devices = await everyItem((query) => call(to, listDevices, { query }))
  const bills = await everyItem((query) => call(to, listBills, { query }))
  const vulnerabilities = await everyItem((query) => call(to, listVulnerabilities, { query }))
  const findings = (await everyItem((query) => call(to, listFindings, { query })))
    .map((each) => `${each.device.serial} ${each.vulnerability} ${each.verdict} ${each.outcome}`)
    .sort()
  return {
    devices: devices.map(({ serial, firmware, state }) => `${serial} ${firmware} ${state}`).sort(),
    bills: bills.map(({ id, devices, components }) => `${id} ${devices} devices ${components} components`).sort(),
    rollouts: await rolloutsOf(to),
    vulnerabilities: vulnerabilities.length,
    findings: { count: findings.length, digest: createHash('sha256').update(findings.join('\n')).digest('hex') },
    evidence: await evidenceOf(to, keys),
  }
}
