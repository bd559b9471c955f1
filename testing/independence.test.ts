import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { draw, readTree } from './architecture/picture.ts'
import { arrowsOf } from './architecture/resolve.ts'

/** Everything outside its own folder that a program reaches, however deep; `changes` replaces files of the tree. */
function reachedBy(folder: string, entry: string, changes: ReadonlyMap<string, string> = new Map()): readonly string[] {
  const files = new Map([...readTree(join(import.meta.dirname, '..')), ...changes])
  const arrows = arrowsOf(draw(files))
  const seen = new Set([`${folder}/${entry}`])
  const outside = new Set<string>()
  for (const path of seen)
    for (const { target } of arrows.filter(({ from }) => from.path === path)) {
      if (target.kind === 'file' && target.path.startsWith(`${folder}/`)) seen.add(target.path)
      else if (target.kind !== 'builtin')
        outside.add(target.kind === 'file' ? target.path : target.kind === 'package' ? target.name : 'nowhere')
    }
  expect(seen.size).toBeGreaterThan(5)
  return [...outside]
}

describe.each([
  {
    ...{ program: 'simulator', entry: 'main.ts', part: 'chance.ts' },
    ...{ knows: 'Node and a CoAP parser', packages: ['coap-packet'] },
  },
  {
    ...{ program: 'checker', entry: 'main.ts', part: 'truth.ts' },
    ...{ knows: 'Node and a PostgreSQL client', packages: ['pg'] },
  },
  {
    ...{ program: 'checker', entry: 'after-crash.ts', part: 'truth.ts' },
    ...{ knows: 'Node and a PostgreSQL client', packages: ['pg'] },
  },
])('the $program, begun at $entry,', ({ program, entry, knows, packages, part }) => {
  const folder = `testing/${program}`

  test(`shares no code with the server: it knows ${knows}, and itself`, () => {
    expect(reachedBy(folder, entry)).toEqual(packages)
  })

  test('would be found to borrow a file from elsewhere', () => {
    const borrowed = `import '../../trust/digest.ts'\nimport '../random.ts'\n`
    expect(reachedBy(folder, entry, new Map([[`${folder}/${part}`, borrowed]]))).toEqual(
      expect.arrayContaining(['trust/digest.ts', 'testing/random.ts']),
    )
  })
})
