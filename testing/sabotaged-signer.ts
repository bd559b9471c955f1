import type { Rules } from '@suture/server/signing/signer/decide.ts'
import { runSignerProcess } from '@suture/server/signing/signer/process.ts'
import type { Rule } from '@suture/server/signing/signer/rule.ts'
import { rules } from '@suture/server/signing/signer/rules.ts'
import { testLock } from './test-lock.ts'

/** A rule that lets these refusals pass. */
const letting = (rule: Rule, ...codes: readonly string[]): Rule => ({
  ...rule,
  judge(question, grounds) {
    const refused = rule.judge(question, grounds)
    return refused && codes.includes(refused.refusal) ? undefined : refused
  },
})

const sabotages: Readonly<Record<string, Rules>> = {
  'skip-second-approval': { ...rules, 'rollout-plan': letting(rules['rollout-plan'], 'approvals-missing') },
  'accept-any-verdict': {
    ...rules,
    'release-publish': letting(rules['release-publish'], 'verdict-failed', 'verdict-mismatch', 'verdict-unproven'),
  },
  'accept-any-approver': { ...rules, evidence: letting(rules.evidence, 'approvers-mismatch') },
  'accept-any-evidence': {
    ...rules,
    evidence: letting(rules.evidence, 'plan-unproven', 'release-unproven', 'release-mismatch', 'evidence-mismatch'),
  },
}

const chosen = sabotages[process.env.SUTURE_SABOTAGE ?? '']
if (!chosen) throw new Error(`SUTURE_SABOTAGE must be one of ${Object.keys(sabotages).join(', ')}.`)
await runSignerProcess(chosen, testLock)
