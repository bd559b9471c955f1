import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import pg from 'pg'
import { Random } from '../random.ts'
import { allVerified, newEvidence, signedRollout } from '../signing-evidence.ts'
import { violations } from '../signing-truth.ts'
import { bytesOf, consent, newPlan, publicKeys, type SigningWorld, signed, storedEnvelopes } from '../signing-world.ts'
import { type Attack, insert } from './attack.ts'
import { approverEdits, evidenceEdits } from './evidence-edits.ts'
import { approvalEdits, encodingEdits, planEdits } from './plan-edits.ts'
import { releaseEdits, rowEdits } from './row-edits.ts'
import { schemaEdits } from './schema-edits.ts'

const edits = {
  ...approvalEdits,
  ...planEdits,
  ...encodingEdits,
  ...releaseEdits,
  ...approverEdits,
  ...evidenceEdits,
  ...rowEdits,
  ...schemaEdits,
}

/** What came of a campaign. */
export interface Outcome {
  /** Everything that was signed and should not have been. */
  readonly wrong: readonly string[]
  /** How many envelopes verified: those in the database and those in the journal. */
  readonly verified: { readonly stored: number; readonly journalled: number }
  /** How many envelopes the database held, the forged ones included. */
  readonly stored: number
  readonly kinds: number
  readonly refusals: Readonly<Record<string, number>>
  /** Edits that PostgreSQL itself refused. */
  readonly failed: readonly string[]
  readonly seconds: number
}

const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))

/** What two tenants honestly had signed before the attacker came. */
async function honestWork(world: SigningWorld): Promise<Pick<Attack, 'releases' | 'plans' | 'ended'>> {
  const ended: Attack['ended'][number][] = []
  for (const tenant of [...world.tenants, ...world.tenants]) {
    const rollout = await signedRollout(world, tenant)
    const evidence = newEvidence(rollout, allVerified(rollout))
    await signed(world, tenant, 'evidence', bytesOf(evidence), rollout.proofs)
    ended.push({ rollout, evidence })
  }
  const rollouts = ended.map(({ rollout }) => rollout)
  return {
    ended,
    releases: rollouts.map(({ tenant, release, proofs }) => ({ tenant, release, statement: proofs.release })),
    plans: rollouts.map(({ tenant, payload, proofs }) => ({ tenant, payload, proofs })),
  }
}

/** Waits until the signer has looked at what is there; an attacker may have kept it from deciding. */
async function settle(sql: Attack['sql'], patience: number): Promise<void> {
  const until = performance.now() + patience
  await sql('notify signing_request')
  while (performance.now() < until) {
    await pause(4)
    const rows = await sql(`select 1 from signing_request where state = 'requested' limit 1`).catch(() => [])
    if (rows.length === 0) return
  }
}

const entriesOf = (world: SigningWorld) =>
  readFileSync(join(world.home, 'signer', 'journal.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as { decision: string; refusal?: string; statement?: unknown })

async function judge(world: SigningWorld) {
  const keys = publicKeys(world)
  const stored = (await storedEnvelopes(world)).map((bytes) => bytes.toString('utf8'))
  const entries = entriesOf(world)
  const signed = entries.filter((entry) => entry.decision === 'signed').map((entry) => JSON.stringify(entry.statement))
  const inDatabase = violations(world.truth, keys, stored, signed)
  const inJournal = violations(world.truth, keys, signed)
  const wrong = [...inDatabase.wrong, ...inJournal.wrong]
  if (inJournal.verified !== signed.length) wrong.push('journalled a statement that does not verify')
  const refusals: Record<string, number> = {}
  for (const { refusal } of entries) if (refusal !== undefined) refusals[refusal] = (refusals[refusal] ?? 0) + 1
  return {
    wrong,
    verified: { stored: inDatabase.verified, journalled: inJournal.verified },
    stored: stored.length,
    refusals,
  }
}

/** Edits the database `count` times under a running signer, in an order that the seed repeats, and judges what was signed. */
export async function runCampaign(world: SigningWorld, seed: number, count: number): Promise<Outcome> {
  const random = new Random(seed)
  const client = new pg.Client({ connectionString: world.database.urls.superuser })
  await client.connect()
  // Which rows `order by random()` picks follows from the seed too; keys, ids and the signer's timing do not.
  await client.query('select setseed($1)', [random.next()])
  const sql: Attack['sql'] = async (text, values) => (await client.query(text, values)).rows
  const honest = await honestWork(world)
  const attack: Attack = { world, random, sql, ...honest, meanwhile: () => settle(sql, 40) }
  const failed: string[] = []
  const kinds = new Set<string>()
  let deck: string[] = []
  const began = performance.now()
  try {
    for (let n = 0; n < count; n++) {
      if (deck.length === 0) deck = Object.keys(edits).toSorted(() => random.next() - 0.5)
      const kind = deck.pop() ?? ''
      kinds.add(kind)
      await edits[kind as keyof typeof edits]?.(attack).catch((error: Error) =>
        failed.push(`${kind}: ${error.message}`),
      )
      await settle(sql, 150)
    }
    const seconds = (performance.now() - began) / 1000
    await stillServes(attack)
    return { ...(await judge(world)), kinds: kinds.size, failed, seconds }
  } finally {
    await client.end()
  }
}

/** After all of it, what two people approve is still signed. */
async function stillServes(attack: Attack): Promise<void> {
  const { world, releases, sql } = attack
  const [first] = releases
  if (!first) throw new Error('No release was signed')
  const payload = bytesOf(newPlan(first.tenant, first.release))
  const approvals = first.tenant.approvers.slice(1, 3).map((person) => consent(world.truth, person, payload))
  await insert(attack, first.tenant, 'rollout-plan', payload, { approvals, release: first.statement })
  await settle(sql, 5_000)
  const [row] = await sql('select state from signing_request where payload = $1', [payload])
  if (row?.state !== 'signed') throw new Error(`After the campaign the signer left an approved plan ${row?.state}`)
}
