import { registerHooks } from 'node:module'
import { crashSwitches } from './crash-switches.ts'
import { switches } from './switches.ts'

// Preloaded with `--import` into the processes of the product: replaces pieces of source files while they are loaded, so
// that the product itself carries no switch with which it could be made to lie.

const name = process.env.SUTURE_SABOTAGE
const known = [...switches, ...crashSwitches]
const chosen = known.find((each) => each.name === name)
if (!chosen) throw new Error(`SUTURE_SABOTAGE must be one of ${known.map((each) => each.name).join(', ')}.`)
const edits = Map.groupBy(chosen.edits, ({ file }) => new URL(`../../${file}`, import.meta.url).href)

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context)
    let source = String(loaded.source)
    for (const { file, find, replace } of edits.get(url) ?? []) {
      const times = source.split(find).length - 1
      if (times !== 1)
        throw new Error(`The sabotage ${name} no longer fits ${file}: its text occurs there ${times} times.`)
      source = source.replace(find, () => replace)
    }
    return edits.has(url) ? { ...loaded, source } : loaded
  },
})
