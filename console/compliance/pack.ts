import { assurances, finalJobStates } from '@suture/contract/states.ts'
import { z } from 'zod'

const Envelope = z.object({ payload: z.base64(), signatures: z.array(z.object({ keyid: z.string() })) })
const resultStates = [...finalJobStates, 'not-offered'] as const

const Result = z.object({
  device: z.uuid(),
  site: z.string().optional(),
  model: z.string(),
  hardwareRevision: z.string(),
  state: z.enum(resultStates),
  class: z.string().optional(),
  assurance: z.enum(['none', ...assurances]),
  before: z.string().nullable(),
  after: z.string().nullable(),
  observedAt: z.string().nullable(),
  wave: z.int().nullable(),
})

const Pack = z.object({
  approvals: z.array(z.object({ name: z.string(), keyId: z.string(), person: z.uuid() })),
  findings: z.array(z.object({ device: z.uuid(), vulnerability: z.string(), assurance: z.enum(assurances) })),
  results: z.array(Result),
  plan: Envelope,
  release: Envelope,
  statement: Envelope,
  verdict: Envelope,
})

const Plan = z.object({ name: z.string(), waves: z.array(z.unknown()), audience: z.object({ count: z.int() }) })
const Release = z.object({
  name: z.string(),
  version: z.string(),
  artifacts: z.array(z.object({ sha256: z.string(), length: z.int() })),
})
const Verdict = z.object({
  verdict: z.enum(['passed', 'failed']),
  at: z.string(),
  rigs: z.array(z.unknown()),
  uncovered: z.array(
    z.object({
      model: z.string(),
      hardwareRevision: z.string(),
      bootloader: z.string().optional(),
      currentVersion: z.string().optional(),
    }),
  ),
})
const Statement = z.object({
  outcome: z.string(),
  startedAt: z.string(),
  endedAt: z.string(),
  at: z.string(),
  plan: z.string(),
  release: z.string(),
  verdict: z.string(),
  quarantined: z.array(z.object({ model: z.string(), hardwareRevision: z.string() })),
  findings: z.object({ closed: z.int() }),
  results: z.object({ devices: z.int(), states: z.partialRecord(z.enum(resultStates), z.int()) }),
})

export type PackResult = z.output<typeof Result>
export type ResultState = PackResult['state']

const payloadOf = <T extends z.ZodType>({ payload }: z.output<typeof Envelope>, shape: T): z.output<T> =>
  shape.parse(JSON.parse(new TextDecoder().decode(Uint8Array.from(atob(payload), (char) => char.charCodeAt(0)))))

/**
 * What an evidence pack says, in its own words: nothing is verified here. Whoever wants proof verifies the file with
 * keys that they have from elsewhere.
 * @throws ZodError when it has not the form of a pack
 */
export function readPack(file: unknown) {
  const pack = Pack.parse(file)
  return {
    approvals: pack.approvals,
    results: pack.results,
    findings: pack.findings,
    statement: payloadOf(pack.statement, Statement),
    plan: payloadOf(pack.plan, Plan),
    release: payloadOf(pack.release, Release),
    verdict: payloadOf(pack.verdict, Verdict),
    signedBy: pack.statement.signatures.map(({ keyid }) => keyid),
  }
}

export type PackView = ReturnType<typeof readPack>

/** How many results there are of each state, the states that need somebody first. */
export function countsOf({ statement }: Pick<PackView, 'statement'>): readonly (readonly [ResultState, number])[] {
  return resultStates
    .map((state) => [state, statement.results.states[state] ?? 0] as const)
    .filter(([, count]) => count > 0)
}

/** How many of the verified are known by which assurance. */
export function assurancesOf(results: readonly PackResult[]): ReadonlyMap<PackResult['assurance'], number> {
  const counted = new Map<PackResult['assurance'], number>()
  for (const { state, assurance } of results)
    if (state === 'verified') counted.set(assurance, (counted.get(assurance) ?? 0) + 1)
  return counted
}
