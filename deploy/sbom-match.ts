/**
 * `npm run sbom:match`: our own product looks at what it is made of itself. The lists of `npm run sbom` become the bills of
 * devices of ours; the facts in `data/` must match none of them, and invented ones must match exactly what they name.
 */
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as after } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { completeSetup } from '@suture/contract/auth.ts'
import { type Connection, call } from '@suture/contract/client.ts'
import { explainMatch, listVulnerabilities } from '@suture/contract/intelligence.ts'
import { createSite, importDevices } from '@suture/contract/inventory.ts'
import { importFeeds, readConfig, startServer } from '@suture/server/host.ts'
import { importedBill } from '@suture/testing/bill-import.ts'
import { signIn } from '@suture/testing/world.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const password = 'a sentence nobody guesses'
let [passed, failed] = [0, 0]
function check(what: string, holds: boolean, otherwise = ''): void {
  if (holds) passed++
  else failed++
  process.stdout.write(`${holds ? 'ok  ' : 'FAIL'} ${what}${holds || otherwise === '' ? '' : `: ${otherwise}`}\n`)
}

interface Listed {
  readonly name: string
  readonly version: string
  readonly supplier?: { readonly name: string }
}
interface Artifact {
  readonly name: string
  readonly bytes: Buffer
  readonly components: readonly Listed[]
}

/** What `npm run sbom` left. */
function artifacts(): readonly Artifact[] {
  const folder = join(root, 'dist/sbom')
  return readdirSync(folder).map((file) => {
    const bytes = readFileSync(join(folder, file))
    const { metadata, components } = JSON.parse(bytes.toString('utf8'))
    return { name: metadata.component.name as string, bytes, components }
  })
}

/** A vulnerability that nobody found, in one component and the versions up to, or before, the one that ships. */
const invented = (id: string, { name, version, supplier }: Listed, inclusive: boolean) => ({
  ...{ id, published: '2099-01-01T00:00:00Z', modified: '2099-01-01T00:00:00Z', advisories: [], references: [] },
  affected: [
    { vendor: supplier?.name ?? '', product: name, ranges: [{ status: 'affected', to: { version, inclusive } }] },
  ],
})

/** For each artifact one that must be found in it, and one that its version has left behind. */
function inventions(all: readonly Artifact[]) {
  return all.map(({ name, components }, at) => {
    const wanted = {
      'suture-server': 'fastify',
      'suture-signer': 'pino',
      'suture-cli': 'commander',
      'suture-console': 'react',
    }
    const component = components.find((each) => each.name === wanted[name as keyof typeof wanted])
    if (!component) throw new Error(`${name} does not list ${wanted[name as keyof typeof wanted]}`)
    return { artifact: name, component, hit: `CVE-2099-${1000 + at}`, miss: `CVE-2099-${2000 + at}` }
  })
}

const documentOf = (all: ReturnType<typeof inventions>) => ({
  format: 'suture.knowledge.v1',
  source: { name: 'Invented', url: 'https://suture.example/invented', licence: 'none', retrieved: '2026-01-01' },
  products: all.map(({ component }) => ({
    ...{ vendor: component.supplier?.name ?? '', product: component.name, aliases: [], scheme: 'generic' },
  })),
  vulnerabilities: all.flatMap(({ component, hit, miss }) => [
    invented(hit, component, true),
    invented(miss, component, false),
  ]),
})

/** Makes a device for each artifact, whose firmware is this version and whose bill is the artifact’s list. */
async function takeBills(to: Connection, all: readonly Artifact[]): Promise<ReadonlyMap<string, string>> {
  await call(to, createSite, { body: { name: 'Here' } })
  const kind = { manufacturer: 'Suture', type: 'server', hardwareRevision: '1', firmware: '0.1.0', site: 'Here' }
  const devices = all.map(({ name }) => ({ ...kind, serial: name, model: name }))
  await call(to, importDevices, { body: { devices } })
  const bills = new Map<string, string>()
  for (const { name, bytes, components } of all) {
    const query = { manufacturer: 'Suture', model: name, firmware: '0.1.0' }
    const taken = await importedBill(to, { query, bytes: new Uint8Array(bytes) })
    check(`${name}: ${taken.components} components are taken in as a bill`, taken.components === components.length + 1)
    bills.set(name, taken.bill)
  }
  return bills
}

/**
 * The vulnerabilities that match, once every bill was judged by all facts: the inventions came last, and each bill has one
 * that is found. Otherwise what matches after half a minute.
 */
async function matches(to: Connection, hits: readonly string[]): Promise<readonly string[]> {
  for (const until = Date.now() + 30_000; ; await after(200)) {
    const ids = (await call(to, listVulnerabilities, { query: { limit: 500 } })).items.map(({ id }) => id)
    if (hits.every((hit) => ids.includes(hit)) || Date.now() > until) return ids
  }
}

async function look(to: Connection, home: string): Promise<void> {
  const all = artifacts()
  check('server, signer, command line and console have a list', all.length === 4, `${all.length} in dist/sbom`)
  const bills = await takeBills(to, all)
  const wanted = inventions(all)
  const file = join(home, 'invented.json')
  writeFileSync(file, JSON.stringify(documentOf(wanted)))
  const folder = join(root, 'data/knowledge')
  const facts = readdirSync(folder)
    .filter((each) => each.endsWith('.json'))
    .map((each) => join(folder, each))
  // One after the other: a server takes files in as it finds them, and the inventions are to be the last.
  for (const files of [facts, [file]])
    for (const { file: name, outcome } of await importFeeds(readConfig({ SUTURE_HOME: home }), files, 60_000))
      check(`${name} is taken in`, outcome?.isRefused === false, outcome?.note ?? 'nobody looked at it')
  const found = await matches(
    to,
    wanted.map(({ hit }) => hit),
  )
  for (const { artifact, component, hit, miss } of wanted) {
    const about = `${component.name} ${component.version}`
    const verdictOf = async (id: string) =>
      (await call(to, explainMatch, { params: { id }, query: { bill: bills.get(artifact) ?? '' } })).verdict
    check(`${artifact}: an invented vulnerability of ${about} is found`, (await verdictOf(hit)) === 'affected')
    check(`${artifact}: one of the versions before ${about} is not`, (await verdictOf(miss)) === 'not-affected')
  }
  const known = new Set(wanted.flatMap(({ hit, miss }) => [hit, miss]))
  const real = found.filter((id) => !known.has(id))
  check('no published vulnerability among the facts in data/ matches what ships', real.length === 0, real.join(', '))
}

const home = mkdtempSync(join(tmpdir(), 'suture-own-'))
const server = await startServer(
  readConfig({ SUTURE_HOME: home, SUTURE_LISTEN: '127.0.0.1:0', SUTURE_LOG_LEVEL: 'error' }),
)
try {
  const body = { code: server.setup?.code ?? '', login: 'own', name: 'Own', password }
  await call({ base: server.url, headers: {} }, completeSetup, { body })
  await look(await signIn(server.url, 'own', password), home)
} catch (error) {
  check('it came to its end', false, (error as Error).stack)
} finally {
  await server.stop()
  rmSync(home, { recursive: true, force: true })
}
process.stdout.write(`${passed} passed, ${failed} failed\n`)
process.exit(failed === 0 ? 0 : 1)
