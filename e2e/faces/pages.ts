import type { EndpointId } from '@suture/contract/index.ts'
import type { Things } from './asked.ts'

/**
 * What a page may look like. `arriving`: the first answer is there, and no other; `refused`: the server refuses what the
 * console believed to be allowed; `withheld`: whoever looks holds no permission at all.
 */
const faces = ['full', 'empty', 'loading', 'arriving', 'refused', 'withheld'] as const
export type Face = (typeof faces)[number]

/** A page, and the faces that it has not, with the reason. */
interface Kind {
  readonly path: string
  readonly lacks?: Readonly<Partial<Record<'empty' | 'loading' | 'refused' | 'withheld', string>>>
  /** What is answered first, where more is asked than that. */
  readonly first?: EndpointId
}

const door = { empty: 'it asks for nothing', loading: 'it asks for nothing', refused: 'it asks for nothing' }
const open = { ...door, withheld: 'everybody may' }
const asEverybody = { refused: 'everybody may', withheld: 'everybody may' }
const one = { empty: 'what is not there has no page' }

/** Every page, by the name of its pictures. */
const kindsOf = (things: Things): Readonly<Record<string, Kind>> => ({
  'sign-in': { path: '/sign-in', lacks: open },
  setup: { path: '/setup', lacks: open },
  invitation: { path: '/invitation', lacks: open },
  now: { path: '/', lacks: { withheld: 'everybody has a Now', empty: 'it is where one begins: first-run.test.ts' } },
  devices: { path: '/devices' },
  'devices-by-model': { path: '/devices?by=model' },
  device: { path: `/devices/${things.device}`, lacks: one, first: 'getDevice' },
  'device-findings': { path: `/devices/${things.device}?tab=findings`, first: 'getDevice' },
  'device-jobs': { path: `/devices/${things.device}?tab=jobs`, first: 'getDevice' },
  actions: { path: '/devices/actions' },
  action: { path: `/devices/actions/${things.action}`, lacks: one, first: 'getDeviceAction' },
  fixes: { path: '/vulnerabilities', first: 'listFixes' },
  findings: { path: '/vulnerabilities?tab=findings' },
  vulnerabilities: { path: '/vulnerabilities?tab=vulnerabilities', first: 'listVulnerabilities' },
  vulnerability: { path: `/vulnerabilities/${things.vulnerability}`, lacks: one, first: 'getVulnerability' },
  releases: { path: '/releases' },
  release: { path: `/releases/${things.release}`, first: 'getRelease' },
  rollouts: { path: '/rollouts' },
  'rollout-plan': { path: `/rollouts/new?release=${things.release}`, first: 'listReleases' },
  rollout: { path: `/rollouts/${things.rollout}`, lacks: one, first: 'getRollout' },
  decisions: { path: '/risk' },
  clocks: { path: '/risk?tab=clocks' },
  'decision-table': { path: '/risk?tab=table', lacks: { empty: 'the table is there before any finding' } },
  evidence: { path: '/evidence' },
  pack: { path: `/evidence/${things.evidence}`, lacks: one, first: 'getEvidence' },
  verify: { path: '/evidence/verify', lacks: door },
  report: { path: '/evidence/report', lacks: { empty: 'it has figures of no device as well' } },
  people: { path: '/settings', lacks: { empty: 'whoever looks has an account' } },
  roles: { path: '/settings?tab=roles', lacks: { ...asEverybody, empty: 'the roles are fixed' } },
  tokens: { path: '/settings?tab=tokens' },
  keys: { path: '/settings?tab=keys', first: 'getSignerKeys' },
  notices: { path: '/settings?tab=notices', first: 'listWebhooks' },
  record: { path: '/settings?tab=record', lacks: { empty: 'that there is a tenant stands in it' } },
})

const has = ({ lacks = {}, first }: Kind, face: Face): boolean =>
  face === 'arriving' ? first !== undefined : face === 'full' || !(face in lacks)

/** Every page in every face that it has. */
export const casesOf = (things: Things) =>
  Object.entries(kindsOf(things)).flatMap(([name, kind]) =>
    faces.filter((face) => has(kind, face)).map((face) => ({ name, face, ...kind })),
  )

export type Case = ReturnType<typeof casesOf>[number]
