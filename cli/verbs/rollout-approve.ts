import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { confirm, isCancel } from '@clack/prompts'
import { whoAmI } from '@suture/contract/auth.ts'
import type { Connection } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/deployment.ts'
import { approve } from '@suture/trust/approval.ts'
import { sha256 } from '@suture/trust/digest.ts'
import { publicHalf, publicPem, readSigningKey, type SigningKey } from '@suture/trust/keys.ts'
import { type RolloutPlan, readRolloutPlan } from '@suture/trust/statements.ts'
import { ask, ownFolder } from '../connection.ts'
import { Failure } from '../failure.ts'
import { cautionsToSign } from './rollout-cautions.ts'
import { planText, type Rollout } from './rollout-words.ts'

/** How long the signer is waited for once enough people approved, in milliseconds. */
const patienceMs = 10_000

async function ownKey(): Promise<SigningKey> {
  const file = join(ownFolder(), 'approval-key')
  try {
    return readSigningKey(await readFile(file, 'utf8'))
  } catch (error) {
    throw new Failure(
      `Your approval key ${file} cannot be used (${(error as Error).message}). \`suture login\` makes one where there is none.`,
    )
  }
}

/** A plan whose bytes were read here, so that what is shown is what is signed. */
export interface CheckedPlan {
  readonly plan: RolloutPlan
  readonly digest: string
}

/** Reads the bytes of a plan and computes their digest; what the server says of them counts for nothing. */
export async function checkedPlan(to: Connection, id: string): Promise<CheckedPlan> {
  const told = await ask(to, contract.getRolloutPlan, { params: { id } })
  const bytes = Buffer.from(told.plan, 'base64')
  const digest = sha256(bytes)
  if (digest !== told.digest)
    throw new Failure('The server names another digest than its plan has: do not approve it, and tell an admin.')
  let plan: RolloutPlan
  try {
    plan = readRolloutPlan(bytes)
  } catch (error) {
    throw new Failure(`These bytes are no plan (${(error as Error).message}): do not approve them, and tell an admin.`)
  }
  if (plan.plan !== id.toLowerCase()) throw new Failure('This is the plan of another rollout: do not approve it.')
  return { plan, digest }
}

async function agreed(): Promise<boolean> {
  if (!process.stdin.isTTY) throw new Failure('There is no terminal to ask on: read the plan, and give --yes.')
  const answer = await confirm({ message: 'Do you approve exactly this?', initialValue: false })
  return !isCancel(answer) && answer
}

/** Waits for the signer, which decides by itself; a person should know whether it did. */
async function decided(to: Connection, approved: Rollout): Promise<Rollout> {
  const until = performance.now() + patienceMs
  let rollout = approved
  while (
    rollout.signing?.state === 'requested' ||
    (rollout.signing?.state === 'signed' && rollout.state === 'awaiting-approval')
  ) {
    if (performance.now() > until) return rollout
    await after(250)
    rollout = await ask(to, contract.getRollout, { params: { id: rollout.id } })
  }
  return rollout
}

interface Given {
  readonly yes: boolean
  /** Shows the plan to whoever is asked. */
  readonly show: (text: string) => void
}

/** Shows a plan in words, asks, and signs its digest with this person's key. */
export async function approveRollout(to: Connection, id: string, { yes, show }: Given): Promise<Rollout> {
  const key = await ownKey()
  const { plan, digest } = await checkedPlan(to, id)
  const { tenant } = await ask(to, whoAmI, {})
  if (plan.tenant !== tenant.id) throw new Failure('This is the plan of another tenant: do not approve it.')
  const { cautions } = await ask(to, contract.getRollout, { params: { id } })
  show(`${planText(plan)}\nDigest: ${digest}\n${cautionsToSign(cautions)}`)
  if (!yes && !(await agreed())) throw new Failure('Nothing was signed.')
  const body = { signature: approve(digest, key).signature, publicKey: publicPem(publicHalf(key)) }
  return decided(to, await ask(to, contract.approveRollout, { params: { id }, body }))
}
