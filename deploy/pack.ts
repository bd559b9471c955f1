/** `npm run pack`: what an operator installs, as one archive; the same sources give the same bytes. */
import { execFileSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('../', import.meta.url))
const workspaces = ['server', 'contract', 'trust', 'cli', 'console']
const files = [
  'migrations',
  'deploy',
  'docs',
  'start.mjs',
  'tsconfig.json',
  'LICENSE',
  'README.md',
  'SECURITY.md',
  'CHANGELOG.md',
]

type Manifest = Record<string, unknown> & { scripts?: Record<string, string> }
const manifestAt = (path: string): Manifest => JSON.parse(readFileSync(path, 'utf8')) as Manifest
const write = (path: string, manifest: Manifest) => writeFileSync(path, `${JSON.stringify(manifest, undefined, 2)}\n`)

/** The tracked files that ship: no tests, and nothing that somebody left lying about. */
const shipped = (): string[] =>
  execFileSync('git', ['ls-files', '-z', '--', ...workspaces, ...files], { cwd: root, encoding: 'utf8' })
    .split('\0')
    .filter((path) => path !== '' && !/\.(test|fixture)\.tsx?$|^deploy\/.*\.ts$/.test(path))

/** Without what only development needs; the lock file stays as it is, under the name with which npm packs it. */
function writeManifests(stage: string): void {
  const { devDependencies: _not, scripts = {}, ...kept } = manifestAt(join(root, 'package.json'))
  const { start = '', suture = '' } = scripts
  const all = [...workspaces, ...files, 'npm-shrinkwrap.json']
  write(join(stage, 'package.json'), { ...kept, workspaces, scripts: { start, suture }, files: all })
  cpSync(join(root, 'package-lock.json'), join(stage, 'npm-shrinkwrap.json'))
  for (const workspace of workspaces) {
    const { devDependencies: _neither, ...manifest } = manifestAt(join(root, workspace, 'package.json'))
    write(join(stage, workspace, 'package.json'), manifest)
  }
}

/** Packs what ships; says where the archive is. */
export function pack(into: string): string {
  const stage = mkdtempSync(join(tmpdir(), 'suture-pack-'))
  try {
    for (const path of shipped()) {
      mkdirSync(dirname(join(stage, path)), { recursive: true })
      cpSync(join(root, path), join(stage, path))
    }
    writeManifests(stage)
    mkdirSync(into, { recursive: true })
    const args = ['pack', '--silent', '--pack-destination', into]
    return join(into, execFileSync('npm', args, { cwd: stage, encoding: 'utf8' }).trim())
  } finally {
    rmSync(stage, { recursive: true })
  }
}

if (import.meta.main) process.stdout.write(`${pack(join(root, 'dist'))}\n`)
