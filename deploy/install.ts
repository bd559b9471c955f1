import { execFileSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { pack } from './pack.ts'

/** Packs what ships and installs it into a folder, as an operator does; npm takes the packages from its cache or the registry. */
export function install(into: string): string {
  const folder = join(into, 'suture')
  mkdirSync(folder, { recursive: true })
  execFileSync('tar', ['xzf', pack(into), '--strip-components=1', '-C', folder])
  const args = ['ci', '--omit=dev', '--ignore-scripts', '--no-audit', '--no-fund', '--prefer-offline']
  execFileSync('npm', args, { cwd: folder, stdio: 'ignore' })
  return folder
}
