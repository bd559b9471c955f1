import { registerHooks } from 'node:module'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chosen } from './all.ts'
import { withFault } from './fault.ts'

// Preloaded with `--import` into the processes of the product: replaces pieces of source files while they are loaded, so
// that the product itself carries no switch with which it could be made to lie.

const fault = chosen(process.env.SUTURE_SABOTAGE)
const repository = fileURLToPath(new URL('../..', import.meta.url))
const files = new Set(fault.edits.map(({ file }) => file))

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    const file = url.startsWith('file:') ? relative(repository, fileURLToPath(url)) : url
    return files.has(file) ? { ...loaded, source: withFault(fault, file, String(loaded.source)) } : loaded
  },
})
