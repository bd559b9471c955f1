import { join } from 'node:path'
import { expect, test } from 'vitest'
import { draw, readTree } from '../architecture/picture.ts'
import { arrowsOf } from '../architecture/resolve.ts'

const entry = 'testing/simulator/main.ts'

/** Everything outside its folder that a program reaches, however deep; `changes` replaces files of the tree. */
function reachedBy(changes: ReadonlyMap<string, string> = new Map()): readonly string[] {
  const files = new Map([...readTree(join(import.meta.dirname, '../..')), ...changes])
  const arrows = arrowsOf(draw(files))
  const seen = new Set([entry])
  const outside = new Set<string>()
  for (const path of seen)
    for (const { target } of arrows.filter(({ from }) => from.path === path)) {
      if (target.kind === 'file' && target.path.startsWith('testing/simulator/')) seen.add(target.path)
      else if (target.kind !== 'builtin') outside.add(target.kind === 'file' ? target.path : JSON.stringify(target))
    }
  expect(seen.size).toBeGreaterThan(5)
  return [...outside]
}

test('the simulator shares no code with the server: it knows Node, a CoAP parser and itself', () => {
  expect(reachedBy()).toEqual([JSON.stringify({ kind: 'package', name: 'coap-packet' })])
})

test('a file that it borrowed from elsewhere would be found', () => {
  const borrowed = `import '../../trust/digest.ts'\nimport '../random.ts'\n`
  expect(reachedBy(new Map([['testing/simulator/chance.ts', borrowed]]))).toEqual(
    expect.arrayContaining(['trust/digest.ts', 'testing/random.ts']),
  )
})
