import { z } from 'zod'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { matchVerdicts } from './intelligence.ts'
import { page, pageQuery } from './paging.ts'
import { releaseStates } from './states.ts'
import { PlainText } from './text.ts'

/** The outcomes of the decision table, most patient first, by the keys that CERT/CC gave them. */
export const decisionOutcomes = ['FSU', '60D', '14D', '3D', '3DF'] as const
export type DecisionOutcome = (typeof decisionOutcomes)[number]

const VulnerabilityId = z.string().regex(/^CVE-\d{4}-\d{4,19}$/)
const Outcome = z.enum(decisionOutcomes)
const Name = PlainText.min(1).max(200)

const FindingDevice = z.object({
  id: z.uuid(),
  name: z.string(),
  serial: z.string(),
  manufacturer: z.string(),
  model: z.string(),
  firmware: z.string(),
  site: z.string().nullable(),
})

const Finding = z.object({
  device: FindingDevice,
  vulnerability: VulnerabilityId,
  verdict: z.enum(matchVerdicts),
  /** None until it was decided, which follows within seconds. */
  outcome: Outcome.nullable(),
  dueAt: Instant.nullable(),
})

/** Which findings: every filter that is given must fit. */
const findingFilter = {
  vulnerability: VulnerabilityId.optional(),
  device: z.uuid().optional(),
  manufacturer: Name.optional(),
  model: Name.optional(),
  site: z.coerce.number().int().min(1).max(2_147_483_647).optional(),
}

export const listFindings = endpoint({
  id: 'listFindings',
  method: 'GET',
  path: '/findings',
  may: 'risk:read',
  tag: 'Risk',
  summary: 'Findings (device × vulnerability), the earliest deadline first, with how many there are in all.',
  query: z.strictObject({ ...pageQuery, ...findingFilter }),
  reply: page(Finding).extend({
    counts: z.object({
      findings: z.int(),
      devices: z.int(),
      vulnerabilities: z.int(),
      overdue: z.int(),
      undecided: z.int(),
    }),
  }),
  refusals: ['http/bad-cursor'],
})

/** As many devices as one call asks about: more would not fit in the length of an address that proxies let pass. */
export const mostDeviceClocks = 100

/** Ids in one parameter, separated by commas. */
const DeviceIds = z
  .string()
  .max(mostDeviceClocks * 37)
  .transform((text) => text.split(','))
  .pipe(z.array(z.uuid()).min(1).max(mostDeviceClocks))

export const listDeviceClocks = endpoint({
  id: 'listDeviceClocks',
  method: 'GET',
  path: '/device-clocks',
  may: 'risk:read',
  tag: 'Risk',
  summary:
    'How many findings each of these devices has, what is decided of the worst of them, and when the first is due. Rigs and devices that are quarantined or retired have none, and are left out.',
  query: z.strictObject({ devices: DeviceIds }),
  reply: z.object({
    items: z.array(
      z.object({
        device: z.uuid(),
        /** Whether the bill that it runs was judged; until then it has no findings because nobody looked. */
        isJudged: z.boolean(),
        findings: z.int(),
        /** Findings that wait to be decided. */
        undecided: z.int(),
        /** The most urgent; none when nothing is decided. */
        outcome: Outcome.nullable(),
        dueAt: Instant.nullable(),
      }),
    ),
  }),
})

export const listFindingGroups = endpoint({
  id: 'listFindingGroups',
  method: 'GET',
  path: '/finding-groups',
  may: 'risk:read',
  tag: 'Risk',
  summary:
    'Findings (device × vulnerability) gathered by model and deadline, which is what one rollout can close together; the earliest first.',
  query: z.strictObject({ limit: z.coerce.number().int().min(1).max(200).default(50) }),
  reply: z.object({
    items: z.array(
      z.object({
        manufacturer: z.string(),
        model: z.string(),
        /** The least patient of their outcomes; none when all wait to be decided. */
        outcome: Outcome.nullable(),
        dueAt: Instant.nullable(),
        /** When the clock of the first of them began. */
        clockStart: Instant.nullable(),
        findings: z.int(),
        devices: z.int(),
        /** Findings of which nobody can tell, so that they count as affected. */
        unknown: z.int(),
        /** Findings that wait to be decided; what will be decided about them may be less patient. */
        undecided: z.int(),
        vulnerabilities: z.int(),
        /** Up to twenty of them, the least patient first, then those on most devices. */
        most: z.array(VulnerabilityId),
        /** One of its findings, to explain the others by. */
        example: z.object({ device: z.uuid(), vulnerability: VulnerabilityId }),
      }),
    ),
  }),
})

export const getDecisionTable = endpoint({
  id: 'getDecisionTable',
  method: 'GET',
  path: '/decision-table',
  may: 'risk:read',
  tag: 'Risk',
  summary:
    'The table that decides, as it was published: what each combination of the four facts calls for, and how many findings (device × vulnerability) stand on it.',
  reply: z.object({
    table: z.string(),
    /** Where it was published. */
    source: z.object({ name: z.string(), url: z.url(), pinned: z.iso.date() }),
    /** In the order of the published table. */
    rows: z.array(
      z.object({
        row: z.int(),
        publiclyExposed: z.enum(['no', 'yes']),
        inKev: z.enum(['no', 'yes']),
        automatable: z.enum(['no', 'yes']),
        technicalImpact: z.enum(['partial', 'total']),
        outcome: Outcome,
        days: z.int().nullable(),
        findings: z.int(),
        /** One of them, to explain the others by. */
        example: z.object({ device: z.uuid(), vulnerability: VulnerabilityId }).nullable(),
      }),
    ),
    /** Findings that wait to be decided, so that they stand on no row. */
    undecided: z.int(),
  }),
})

export const listFixes = endpoint({
  id: 'listFixes',
  method: 'GET',
  path: '/fixes',
  may: 'risk:read',
  tag: 'Risk',
  summary:
    'What each release would close: how many findings (device × vulnerability) on how many devices, the earliest deadline first.',
  query: z.strictObject({
    limit: z.coerce.number().int().min(1).max(200).default(50),
    state: z.enum([...releaseStates, 'any']).default('published'),
    release: z.uuid().optional(),
  }),
  reply: z.object({
    items: z.array(
      z.object({
        release: z.object({
          id: z.uuid(),
          name: z.string(),
          version: z.string(),
          state: z.enum(releaseStates),
        }),
        /** The models that it is for. */
        models: z.array(z.object({ manufacturer: z.string(), model: z.string() })),
        /** Whether the release’s firmware was judged itself; until then nothing is told of it. */
        isJudged: z.boolean(),
        closes: z.object({ findings: z.int(), devices: z.int() }),
        /** Findings of which the release’s bill says too little to tell. */
        undecided: z.int(),
        dueAt: Instant.nullable(),
        vulnerabilities: z.array(z.object({ id: VulnerabilityId, findings: z.int(), dueAt: Instant.nullable() })),
      }),
    ),
  }),
})

const Fact = z.object({
  /** None when nobody knows; then the worse value counts. */
  value: z.string().nullable(),
  counted: z.string(),
  source: z.string().nullable(),
  at: z.string().nullable(),
  knownAt: Instant.nullable(),
})

export const explainDecision = endpoint({
  id: 'explainDecision',
  method: 'GET',
  path: '/findings/{id}/{vulnerability}/decision',
  may: 'risk:read',
  tag: 'Risk',
  summary:
    'The decision about a vulnerability on a device: its facts with their sources, the row, the clock, and what else would follow.',
  params: z.object({ id: z.uuid(), vulnerability: VulnerabilityId }),
  reply: z.object({
    device: FindingDevice,
    vulnerability: VulnerabilityId,
    verdict: z.enum(matchVerdicts),
    table: z.string(),
    /** Counted from 1 in the order of the published table. */
    row: z.int(),
    outcome: Outcome,
    days: z.int().nullable(),
    facts: z.object({ publiclyExposed: Fact, inKev: Fact, automatable: Fact, technicalImpact: Fact }),
    insufficient: z.array(z.string()),
    policy: z.string(),
    clockStart: Instant,
    dueAt: Instant.nullable(),
    decidedAt: Instant,
    /** What it was before, if that was something else. */
    before: z.object({ outcome: Outcome, dueAt: Instant.nullable() }).nullable(),
    /** What would follow if one fact were the other way. */
    otherwise: z.array(z.object({ fact: z.string(), value: z.string(), outcome: Outcome })),
  }),
  refusals: ['risk/decision-unknown'],
})
