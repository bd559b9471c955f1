/** What a file inside a slice is for, told by its name (`roleOf`). */
export type Role = 'domain' | 'tables' | 'queries' | 'operations' | 'routes' | 'tasks' | 'index'

/** One box of the drawing: a folder or a single file, and the boxes that its arrows lead to. */
export interface Zone {
  /** Relative to the repository; the longest match owns a file, and `''` owns only the files of the root itself. */
  readonly path: string
  /** Zones or single files, as `path`; `path:role` reaches past the door to files of that role; `*` is everything. */
  readonly may: readonly string[]
  /** Others come in only through `index.ts`. */
  readonly door?: true
  /** Its files follow the roles below. */
  readonly roles?: true
  /** Runs in a browser too, so nothing of Node. */
  readonly browser?: true
}

/** What a file of one role may reach beyond itself, on top of what its zone may. */
interface RoleRule {
  /** Roles of its own zone. */
  readonly own: readonly Role[]
  /** Roles of its own zone, types only. */
  readonly ownTypes: readonly Role[]
  /** Zones or files outside; types may come from wherever the zone may import. */
  readonly outside: readonly string[] | '*'
  /** Its own queries, but only those that build a reply: `view…`. */
  readonly views?: true
}

/** The dependencies a workspace may declare: exactly these names, or at most so many beside our own workspaces. */
type Budget = { readonly only: readonly string[] } | { readonly most: number }

/** The whole drawing: change it here, on purpose, and nowhere else. */
export interface Rules {
  readonly zones: readonly Zone[]
  readonly roles: Readonly<Record<Role, RoleRule>>
  /** Packages and built-ins that a domain file never imports; a trailing `/` covers a whole scope. */
  readonly impure: readonly string[]
  /** Where SQL may stand besides `*.queries.ts`. */
  readonly sql: readonly string[]
  /** Code that proves and does not ship: SQL, writes and root devDependencies are its own affair. */
  readonly workshop: readonly string[]
  /** The only folder that makes a `Scoped`. */
  readonly scopes: string
  /** Table prefix (or foreign schema) to the folder that writes it. */
  readonly writers: Readonly<Record<string, string>>
  /** Tables without row-level security, because they are read before the tenant is known. */
  readonly directory: readonly string[]
  readonly budgets: Readonly<Record<string, Budget>>
  readonly lengths: { readonly file: number; readonly function: number }
}

/** What verifies evidence wherever there is cryptography, in a browser too: each may read those before it. */
const verifying = [
  'bytes',
  'base64',
  'json-depth',
  'verification-error',
  'question',
  'canonical-text',
  'shape',
  'document',
  'verifying-key',
  'envelope',
  'consent',
  'rollout-evidence',
  'statements',
  'pack-file',
  'signer-keys-file',
  'pack-checks',
  'pack-verification',
  'web-answers',
].map((name) => `trust/${name}.ts`)
const trust = ['trust', ...verifying]

/** The life of a patch, in order: a slice imports only those before it. Later news travels back as events. */
const slices = ['inventory', 'intelligence', 'releases', 'risk', 'lab', 'deployment', 'compliance']
const inServer = (name: string) => `server/${name}`
const before = (name: string) => slices.slice(0, slices.indexOf(name)).map(inServer)

/**
 * What the sandbox loads, and what nobody else may: they read untrusted bytes, so they run in a child process alone.
 * Each is a box of its own that no arrow leads to. It may read files and use its slice's words.
 */
const sandboxed: readonly Zone[] = [
  ['inventory', 'sbom/read-cyclonedx.ts'],
  ['intelligence', 'read-knowledge.ts'],
  ['releases', 'signature/verify-artifact.ts'],
].map(([slice, file]) => ({
  path: `server/${slice}/${file}`,
  may: ['contract', ...trust, 'server/platform/sandbox/too-large.ts', `server/${slice}:domain`],
}))

const base = 'server/platform'
const [http, database, tasks, events, auth, blob, backup, program, sandbox] = [
  `${base}/http`,
  `${base}/database`,
  `${base}/tasks`,
  `${base}/events`,
  `${base}/auth`,
  `${base}/blob`,
  `${base}/backup`,
  `${base}/program`,
  `${base}/sandbox`,
] as const
const opening = `${database}/open.ts`
const platform = [base, http, database, tasks, events, auth, blob, backup, program, sandbox]
const shared = ['contract', ...trust, ...platform]

/** Beyond the slices before it: who asks for signatures, and who speaks to devices through the port. */
const also: Readonly<Record<string, readonly string[]>> = {
  releases: ['server/signing'],
  lab: ['server/signing', 'server/adapters/port.ts'],
  deployment: ['server/signing', 'server/adapters/port.ts'],
  compliance: ['server/signing'],
}

const sliceZones = slices.map(
  (name): Zone => ({
    path: inServer(name),
    may: [...before(name), ...(also[name] ?? []), ...shared],
    door: true,
    roles: true,
  }),
)

const platformZones: readonly Zone[] = [
  { path: base, may: ['contract', ...trust] },
  { path: database, may: [base] },
  // Opening brings the schema and the task queue up to date together; only whoever starts a process does it.
  { path: opening, may: [base, database, tasks] },
  { path: events, may: ['contract', base, database] },
  { path: tasks, may: ['contract', base, database, events] },
  { path: http, may: ['contract', ...trust, base, database, events] },
  { path: blob, may: [...trust, base, database] },
  // It copies every table, whoever writes it, and belongs to nobody's slice.
  { path: backup, may: [...trust, base, database, tasks, blob] },
  { path: program, may: [base] },
  { path: sandbox, may: ['contract', ...trust, base, program] },
  {
    path: auth,
    may: ['contract', ...trust, 'server/roles.ts', base, database, events, tasks, http],
    roles: true,
  },
]

const signerNeeds = ['log', 'config', 'operator-error', 'file-lock', 'id', 'clock', 'machine', 'keeper'].map(
  (name) => `${base}/${name}.ts`,
)
const composed = [...slices.map(inServer), 'server/signing', auth]
const wired = ['server/app.ts', 'server/roles.ts']
const byDevices = ['server/inventory', 'server/releases', 'server/deployment']

const serverZones: readonly Zone[] = [
  { path: 'server/main.ts', may: ['server/host.ts', ...wired, opening, ...shared] },
  { path: 'server/backup.ts', may: ['server/signing', opening, ...shared] },
  { path: 'server/doctor', may: ['server/backup.ts', 'server/signing', 'server/signing/signer', opening, ...shared] },
  {
    path: 'server/host.ts',
    may: ['server/backup.ts', 'server/doctor', ...wired, 'server/signing', 'server/signing/signer', opening, ...shared],
  },
  {
    path: 'server/app.ts',
    may: [
      ...composed.flatMap((path) => [path, `${path}:routes`, `${path}:tasks`]),
      'server/adapters',
      'server/adapters/port.ts',
      'server/edge',
      'server/integrations',
      'server/integrations:routes',
      'server/integrations:tasks',
      'server/roles.ts',
      ...shared,
    ],
  },
  { path: 'server/roles.ts', may: ['contract'] },
  ...sliceZones,
  ...sandboxed,
  { path: 'server/adapters/port.ts', may: ['server/inventory', 'server/releases', ...shared] },
  { path: 'server/adapters', may: ['server/adapters/port.ts', 'server/edge', ...byDevices, ...shared] },
  { path: 'server/edge', may: ['server/adapters/port.ts', ...byDevices, ...shared], door: true },
  { path: 'server/signing', may: shared, door: true, roles: true },
  { path: 'server/signing/signer', may: ['contract', ...trust, database, ...signerNeeds, 'server/signing:domain'] },
  {
    path: 'server/integrations',
    may: [...slices.map(inServer), 'server/roles.ts', ...shared],
    door: true,
    roles: true,
  },
  ...platformZones,
]

// The conformance suite stands beside the adapters that it tries, but it is a test.
const workshop = ['testing', 'server/adapters/conformance.ts', 'bench', 'e2e', 'interop', 'data', 'docs', 'deploy', '']

export const rules: Rules = {
  zones: [
    ...serverZones,
    { path: 'contract', may: [], browser: true },
    { path: 'trust', may: verifying },
    ...verifying.map((path, at): Zone => ({ path, may: verifying.slice(0, at), browser: true })),
    { path: 'agent', may: trust },
    { path: 'cli', may: ['server/host.ts', program, 'console/build.ts', 'contract', ...trust] },
    { path: 'console', may: ['contract', 'console/compliance/verify'], browser: true },
    { path: 'console/compliance/verify', may: verifying, browser: true },
    // What makes the console runs in Node.
    { path: 'console/build.ts', may: [] },
    { path: 'console/vite.config.ts', may: [] },
    ...workshop.map((path): Zone => ({ path, may: ['*'] })),
  ],
  roles: {
    domain: {
      own: ['domain'],
      ownTypes: [],
      outside: ['contract', ...trust, `${base}/id.ts`, `${base}/machine.ts`, `${base}/secret-hash.ts`],
    },
    tables: { own: [], ownTypes: ['domain'], outside: [] },
    queries: {
      own: ['domain', 'queries'],
      ownTypes: ['tables'],
      outside: ['contract', ...trust, base, database],
    },
    operations: { own: ['domain', 'queries', 'operations'], ownTypes: ['tables'], outside: '*' },
    routes: {
      own: ['operations'],
      ownTypes: ['domain', 'queries'],
      outside: ['contract', 'server/roles.ts', base, http, database, events, auth, blob],
      views: true,
    },
    tasks: {
      own: ['operations'],
      ownTypes: ['domain', 'queries'],
      outside: ['contract', base, database, events, tasks],
      views: true,
    },
    index: { own: ['domain', 'queries', 'operations'], ownTypes: ['tables'], outside: '*' },
  },
  impure: [
    'kysely',
    'pg',
    'fastify',
    '@fastify/',
    'graphile-worker',
    'node:fs',
    'node:fs/promises',
    'node:net',
    'node:http',
    'node:https',
    'node:child_process',
  ],
  sql: ['migrations', database, tasks, events, backup, 'server/signing/signer'],
  workshop,
  scopes: database,
  writers: {
    ...Object.fromEntries(slices.map((name) => [name, inServer(name)])),
    platform: base,
    integrations: 'server/integrations',
    signing: 'server/signing',
    graphile_worker: tasks,
  },
  directory: [
    'platform_tenant',
    'platform_login',
    'platform_credential',
    'platform_epoch',
    'platform_lease',
    'intelligence_document',
    'intelligence_product',
    'intelligence_alias',
    'intelligence_vulnerability',
    'intelligence_affected',
  ],
  budgets: {
    contract: { only: ['zod'] },
    trust: { only: ['canonicalize'] },
    agent: { only: ['@suture/trust', 'tuf-js'] },
    server: { most: 25 },
    cli: { most: 6 },
    console: { most: 24 },
    testing: { most: 8 },
    e2e: { most: 5 },
    '': { most: 20 },
  },
  lengths: { file: 250, function: 40 },
}
