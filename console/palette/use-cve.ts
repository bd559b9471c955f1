import type { Reply } from '@suture/contract/client.ts'
import { listRollouts } from '@suture/contract/deployment.ts'
import { getVulnerability, listFeeds } from '@suture/contract/intelligence.ts'
import { explainDecision, listFindings, listFixes } from '@suture/contract/risk.ts'
import { useState } from 'react'
import { isNoSuch } from '../design/no-such.ts'
import { factsAsOf } from '../intelligence/feeds.ts'
import { useAsk } from '../shell/ask.ts'
import { useCaller, useMay } from '../shell/session.ts'
import { answerCve, type CveAnswer } from './cve.ts'
import { cveEntries } from './cve-entries.ts'
import type { Found } from './entry.ts'
import { usePageOf } from './use-found.ts'

/** How the question about a CVE stands. */
export interface CveAsked {
  readonly answer: CveAnswer | undefined
  /** What was decided about the finding that is due first. */
  readonly decision: Reply<typeof explainDecision> | undefined
  readonly found: readonly Found[]
  readonly error: Error | null
  readonly retry: () => void
}

/** Everything that the palette knows of a CVE, asked for at once; nothing while there is none. */
export function useCve(id: string | undefined): CveAsked {
  const { permissions, sites } = useCaller()
  const [now] = useState(() => new Date())
  const pageOf = usePageOf()
  const isAsked = id !== undefined
  const about = id ?? 'CVE-0000-0000'
  const mayRisk = useMay('risk:read')
  const vulnerability = useAsk(
    getVulnerability,
    { params: { id: about } },
    { about: 'vulnerabilities', enabled: isAsked },
  )
  const feeds = useAsk(listFeeds, { query: { limit: 100 } }, { about: 'vulnerabilities', enabled: isAsked })
  const risk = { about: 'decisions', enabled: isAsked && mayRisk } as const
  const findings = useAsk(listFindings, { query: { vulnerability: about, limit: 5 } }, risk)
  const fixes = useAsk(listFixes, { query: { limit: 200 } }, risk)
  const mayRollouts = useMay('deployment:read')
  const rollouts = useAsk(
    listRollouts,
    { query: { limit: 200 } },
    { about: 'rollouts', enabled: isAsked && mayRollouts },
  )
  const first = findings.data?.items[0]
  const decision = useAsk(
    explainDecision,
    { params: { id: first?.device.id ?? '', vulnerability: about } },
    { about: 'decisions', enabled: isAsked && (first?.outcome ?? null) !== null },
  )
  const isUnknown = isNoSuch(vulnerability.error)
  const error = isUnknown ? null : vulnerability.error
  const trouble = [error, feeds.error, findings.error, fixes.error, rollouts.error].find((each) => each !== null)
  const isWhole =
    (vulnerability.data !== undefined || isUnknown) &&
    feeds.data !== undefined &&
    (!mayRisk || (findings.data !== undefined && fixes.data !== undefined)) &&
    (!mayRollouts || rollouts.data !== undefined)
  const retry = () => void Promise.all([vulnerability, feeds, findings, fixes, rollouts].map((each) => each.refetch()))
  if (!isAsked || !isWhole) return { answer: undefined, decision: undefined, found: [], error: trouble ?? null, retry }
  const known = {
    id,
    vulnerability: vulnerability.data ?? null,
    findings: findings.data ?? null,
    factsAt: factsAsOf(feeds.data?.items ?? [])?.at ?? null,
    seesAll: sites === 'all',
    now,
  }
  const ways = { fixes: fixes.data?.items ?? [], rollouts: rollouts.data?.items ?? [], permissions, pageOf }
  return { answer: answerCve(known), decision: decision.data, found: cveEntries(known, ways), error: null, retry }
}
