import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { type EndpointId, endpoints } from '@suture/contract/index.ts'

/** What exists in a tenant for others to try: the ids that an example may name. */
export interface Things {
  readonly person: string
  readonly token: string
  readonly site: number
  readonly device: string
  readonly gateway: string
  readonly bill: string
  /** The id of an import of a bill, a vendor key, a release, a test and a rollout alike. */
  readonly shared: string
}

export interface Example {
  readonly params?: object
  readonly query?: object
  readonly body?: unknown
  readonly bytes?: Uint8Array<ArrayBuffer>
}

const plan = {
  name: 'P',
  waves: [{ pick: 'hashed', percent: 100, soakSeconds: 0, minimumSample: 1 }],
  limits: {
    silenceSeconds: 60,
    maxFailurePercent: 5,
    perRevision: { maxFailurePercent: 5, minimumSample: 1, beyond: 'stop' },
    revisions: [],
  },
  audience: { site: 1, model: 'N', hardwareRevision: 'A', firmware: '1', manufacturer: 'M', q: 'model:N*' },
  notBefore: '2026-01-01T00:00:00Z',
  notAfter: '2036-01-01T00:00:00Z',
}

export const deviceRow = {
  serial: 'S-1',
  name: 'Pump',
  manufacturer: 'Maker',
  model: 'N',
  type: 'plc',
  hardwareRevision: 'A',
  bootloader: '1.3',
  firmware: '6.2.5',
  area: 'Hall',
  zone: 'Line',
  owner: 'Works',
  criticality: 'high',
  exposure: 'internal',
  safetyRole: 'none',
  dataSensitivity: 'none',
  supportEnd: '2030-01-31',
  controllerId: 'pump-1',
  token: 'b'.repeat(32),
  identity: { protocol: 'coap', host: '10.20.0.7', port: 5683, path: '/identity' },
  rig: false,
}
/** For a tenant that has none of them yet. */
export const nothing: Things = { person: '', token: '', site: 0, device: '', gateway: '', bill: '', shared: '' }

/**
 * One well-formed request for every endpoint; an endpoint without an example does not compile. Names that may be taken
 * once end in what `next` gives.
 */
export const examplesWith = (next: () => number): Readonly<Record<EndpointId, (things: Things) => Example>> => ({
  completeSetup: () => ({
    body: { code: 'suc_unknown', login: `setup${next()}`, name: 'N', password: 'long enough to pass' },
  }),
  acceptInvitation: () => ({ body: { code: 'sui_unknown', password: 'long enough to pass' } }),
  signIn: () => ({ body: { login: `nobody${next()}`, password: 'wrong' } }),
  whoAmI: () => ({}),
  changePassword: () => ({ body: { current: 'wrong', next: 'long enough to pass' } }),
  listUsers: () => ({}),
  getUser: ({ person }) => ({ params: { id: person } }),
  inviteUser: () => ({ body: { login: `invited${next()}`, name: 'N', roles: ['viewer'] } }),
  inviteAgain: ({ person }) => ({ params: { id: person } }),
  changeUser: ({ person }) => ({ params: { id: person }, body: { roles: ['viewer'] } }),
  listTokens: () => ({}),
  createToken: () => ({ body: { name: 'robot', permissions: ['platform:read-users'] } }),
  revokeToken: ({ token }) => ({ params: { id: token } }),
  listRoles: () => ({}),
  listRefusals: () => ({}),
  listEvents: () => ({ query: { kind: 'user', actor: 'nobody', subject: 'nothing' } }),
  followEvents: () => ({}),
  followChanges: () => ({}),
  listSigningRequests: () => ({}),
  getSignerKeys: () => ({}),
  listFeeds: () => ({}),
  listVulnerabilities: () => ({ query: { all: true, text: '1999' } }),
  getVulnerability: () => ({ params: { id: 'CVE-1999-0001' } }),
  explainMatch: ({ device }) => ({ params: { id: 'CVE-2000-0001' }, query: { device } }),
  listFindingGroups: () => ({ query: { limit: 5 } }),
  listFindings: () => ({ query: { vulnerability: 'CVE-2000-0001', site: 1 } }),
  listDeviceClocks: ({ device }) => ({ query: { devices: device } }),
  getDecisionTable: () => ({}),
  listFixes: ({ shared }) => ({ query: { state: 'any', release: shared } }),
  explainDecision: ({ device }) => ({ params: { id: device, vulnerability: 'CVE-2000-0001' } }),
  createSite: () => ({ body: { name: `Works ${next()}`, probeNetworks: ['10.20.0.0/16'] } }),
  listSites: () => ({ query: { text: 'work' } }),
  getSite: ({ site }) => ({ params: { id: site } }),
  changeSite: ({ site }) => ({ params: { id: site }, body: { probeNetworks: ['127.0.0.0/8'] } }),
  listModels: () => ({ query: { text: 'n' } }),
  importDevices: () => ({ body: { devices: [deviceRow] } }),
  listDevices: () => ({ query: { q: 'state:live S site:Works fw<9 due<7d job:verified' } }),
  createDeviceView: () => ({ body: { name: 'crown-jewels', q: 'criticality:critical' } }),
  listDeviceViews: () => ({}),
  removeDeviceView: () => ({ params: { name: 'kept' } }),
  listDeviceValues: () => ({ query: { field: 'model', starts: 'N', q: 'state:live' } }),
  getDevice: ({ device }) => ({ params: { id: device } }),
  admitDevice: ({ device }) => ({ params: { id: device }, body: { site: 'Works', name: 'N', token: 'a'.repeat(32) } }),
  retireDevice: ({ device }) => ({ params: { id: device } }),
  draftDeviceAction: () => ({ body: { kind: 'admit', site: 'Works', q: 'state:quarantined' } }),
  startDeviceAction: ({ shared }) => ({ params: { id: shared }, body: { expect: 1 } }),
  stopDeviceAction: ({ shared }) => ({ params: { id: shared } }),
  getDeviceAction: ({ shared }) => ({ params: { id: shared } }),
  listDeviceActions: () => ({}),
  listDeviceActionDevices: ({ shared }) => ({ params: { id: shared }, query: { outcome: 'left' } }),
  listBills: () => ({}),
  getBill: ({ bill }) => ({ params: { id: bill }, query: { limit: 1 } }),
  importBill: () => ({
    query: { manufacturer: deviceRow.manufacturer, model: deviceRow.model, firmware: deviceRow.firmware },
    bytes: Buffer.from('{"bomFormat":"CycloneDX","specVersion":"1.6","version":1}'),
  }),
  listBillImports: () => ({}),
  getBillImport: ({ shared }) => ({ params: { id: shared } }),
  createGateway: () => ({ body: { name: 'Hall 3' } }),
  listGateways: () => ({}),
  revokeGateway: ({ gateway }) => ({ params: { id: gateway } }),
  addVendorKey: () => ({ body: { manufacturer: 'M', name: `K${next()}`, publicKey: 'no key' } }),
  listVendorKeys: () => ({}),
  revokeVendorKey: ({ shared }) => ({ params: { id: shared } }),
  uploadArtifact: () => ({ query: { fileName: 'f.bin', signature: 'AA==' }, bytes: new Uint8Array(8) }),
  listArtifacts: () => ({}),
  createRelease: () => ({
    body: { name: 'R', version: '1', targets: [{ manufacturer: 'M', model: 'N', artifact: '0'.repeat(64) }] },
  }),
  listReleases: () => ({ query: { text: '6.2' } }),
  getRelease: ({ shared }) => ({ params: { id: shared } }),
  publishRelease: ({ shared }) => ({ params: { id: shared } }),
  deprecateRelease: ({ shared }) => ({ params: { id: shared } }),
  withdrawRelease: ({ shared }) => ({ params: { id: shared }, body: { reason: 'No good' } }),
  getLabKey: () => ({}),
  addRig: ({ shared }) => ({
    body: { device: shared, name: 'R', base: { artifact: '0'.repeat(64), version: '1' } },
  }),
  listRigs: () => ({}),
  testRelease: ({ shared }) => ({ body: { release: shared } }),
  listLabRuns: () => ({}),
  getLabRun: ({ shared }) => ({ params: { id: shared } }),
  previewRollout: ({ shared }) => ({ body: { ...plan, release: shared } }),
  createRollout: ({ shared }) => ({ body: { ...plan, release: shared } }),
  listRollouts: ({ shared }) => ({ query: { state: 'running', text: 'pumps', release: shared } }),
  getRollout: ({ shared }) => ({ params: { id: shared } }),
  getRolloutPlan: ({ shared }) => ({ params: { id: shared } }),
  approveRollout: ({ shared }) => ({ params: { id: shared }, body: { signature: 'AA==', publicKey: 'no key' } }),
  startRollout: ({ shared }) => ({ params: { id: shared } }),
  pauseRollout: ({ shared }) => ({ params: { id: shared } }),
  resumeRollout: ({ shared }) => ({ params: { id: shared } }),
  stopRollout: ({ shared }) => ({ params: { id: shared } }),
  listClusters: ({ shared }) => ({ params: { id: shared } }),
  retryCluster: ({ shared }) => ({ params: { id: shared }, body: { cluster: '00000000', expect: 1 } }),
  holdCluster: ({ shared }) => ({ params: { id: shared }, body: { cluster: '00000000', reason: 'Full' } }),
  listJobs: ({ shared, device }) => ({ query: { rollout: shared, device, state: 'offered' } }),
  readDevice: ({ device }) => ({ params: { id: device } }),
  explainUpdate: ({ device }) => ({ params: { id: device } }),
  packEvidence: () => ({ params: { rollout: '019aa000-0000-7000-8000-000000000000' } }),
  listEvidence: () => ({}),
  getManagementReport: () => ({ query: { days: 30 } }),
  getEvidence: () => ({ params: { id: '019aa000-0000-7000-8000-000000000000' } }),
  getEvidencePack: () => ({ params: { id: '019aa000-0000-7000-8000-000000000000' } }),
  listProfiles: () => ({}),
  getPlanDefaults: () => ({}),
  chooseProfile: () => ({ body: { profile: 'plant' } }),
  changePlanDefaults: () => ({ body: { hours: 48 } }),
  getDigest: () => ({}),
  setDigest: () => ({ body: { digest: null } }),
  listWebhooks: () => ({}),
  getWebhook: ({ shared }) => ({ params: { id: shared } }),
  createWebhook: () => ({
    body: { name: `W${next()}`, url: 'https://receiver.example/suture', kinds: ['rollout.stopped', 'device'] },
  }),
  changeWebhook: ({ shared }) => ({ params: { id: shared }, body: { kinds: ['rollout'] } }),
  rotateWebhookSecret: ({ shared }) => ({ params: { id: shared } }),
  testWebhook: ({ shared }) => ({ params: { id: shared } }),
  listDeliveries: ({ shared }) => ({ query: { webhook: shared, state: 'dead' } }),
  replayDeliveries: ({ shared }) => ({ params: { id: shared }, body: {} }),
  removeWebhook: ({ shared }) => ({ params: { id: shared } }),
  // Last: it ends the session that the others need.
  signOut: () => ({}),
})

let serial = 0
export const examples = examplesWith(() => serial++)

export const everyEndpoint: readonly [EndpointId, AnyEndpoint][] = (Object.keys(examples) as EndpointId[]).map((id) => [
  id,
  endpoints[id] as AnyEndpoint,
])
