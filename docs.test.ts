import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { behavioursPage, readBehaviours } from './docs/behaviours.ts'
import { wrongDecisions } from './docs/decisions.ts'
import { generated, stale } from './docs/generate.ts'
import { machinesPage } from './docs/machines.ts'
import { misdrawn, readPages } from './docs/pages.ts'
import { readTree } from './testing/architecture/picture.ts'

const root = import.meta.dirname
const pages = readPages(root)

describe('the generated pages', () => {
  let fresh: ReadonlyMap<string, string>
  beforeAll(async () => {
    fresh = await generated()
  })

  test('are as `npm run docs` writes them', () => {
    expect(stale(fresh)).toEqual([])
  })

  test('are the same bytes each time', async () => {
    expect(await generated()).toEqual(fresh)
  })

  test('are found stale when one is missing or one character of any differs', () => {
    const folder = mkdtempSync(join(tmpdir(), 'suture-docs-'))
    onTestFinished(() => rmSync(folder, { recursive: true }))
    for (const path of fresh.keys()) {
      mkdirSync(dirname(join(folder, path)), { recursive: true })
      writeFileSync(join(folder, path), fresh.get(path) ?? '')
    }
    for (const [path, text] of fresh) {
      writeFileSync(join(folder, path), `${text.slice(0, -2)}?\n`)
      expect(stale(fresh, folder)).toEqual([path])
      rmSync(join(folder, path))
      expect(stale(fresh, folder)).toEqual([path])
      writeFileSync(join(folder, path), text)
    }
    expect(stale(fresh, folder)).toEqual([])
  })
})

describe('the page of behaviours', () => {
  test('lists each title below those around it', () => {
    const text = `describe('a door', () => {
      describe.each(keys)('with $name', () => { test.skipIf(night).each(hours)('opens at %s', () => {}) })
      test('closes', { timeout: 1 }, async () => {})
    })
    it(\`rings \${bell} times\`, function () {})
    test.todo('locks')
    expect(/test/.test('not a title')).toBe(true)`
    expect(readBehaviours('door.test.ts', text)).toEqual([
      ['a door', 'with …', 'opens at …'],
      ['a door', 'closes'],
      ['rings … times'],
      ['locks'],
    ])
    expect(behavioursPage(new Map([['house/door.test.ts', text]]))).toContain(
      '## `house`\n\n- a door\n  - with …\n    - opens at …\n  - closes\n- rings … times\n- locks\n',
    )
  })

  test('is refused while a title cannot be read', () => {
    expect(() => readBehaviours('door.test.ts', 'test(title, () => {})')).toThrow('must be a string or a template')
  })
})

describe('the page of state machines', () => {
  const table = `
    const shut = (_: Door, { at }: Shut): Door => ({ kind: 'shut-fast', at })
    export const door: Machine<Door, DoorEvent> = {
      open: { close: shut, knock: (state) => state, turn: (_, { hard }) => (hard ? { kind: 'broken' } : { kind: 'open' }) },
      'shut-fast': { open: () => ({ kind: 'open' }) },
      broken: {},
    }`

  test('draws every step of a table, and its ends', () => {
    const page = machinesPage(new Map([['server/house/door.ts', table]]))
    const drawn = /```mermaid\n([\s\S]+?)\n```/.exec(page)?.[1]?.split('\n')
    expect(drawn).toEqual([
      'stateDiagram-v2',
      '  state "shut-fast" as shut_fast',
      '  [*] --> open',
      '  open --> shut_fast: close',
      '  open --> open: knock',
      '  open --> broken: turn',
      '  open --> open: turn',
      '  shut_fast --> open: open',
      '  broken --> [*]',
    ])
  })

  test('is refused while nobody can tell where a step leads', () => {
    const hidden = table
      .replace("({ kind: 'open' }),", 'elsewhere(),')
      .replace("() => ({ kind: 'open' })", '() => elsewhere()')
    expect(() => machinesPage(new Map([['server/house/door.ts', hidden]]))).toThrow(
      'server/house/door.ts: nobody can tell where a step from shut-fast leads',
    )
  })
})

describe('the records of decisions', () => {
  const folder = 'docs/adr/'
  const records = new Map(
    [...pages].filter(([path]) => path.startsWith(folder)).map(([path, text]) => [path.slice(folder.length), text]),
  )

  test('are numbered once, complete and listed', () => {
    expect(records.size).toBeGreaterThan(2)
    expect(wrongDecisions(records)).toEqual([])
  })

  test('are found wrong when a number is used twice, a part is missing or the index forgets one', () => {
    const again = (records.get('0001-modular-monolith.md') ?? '')
      .replace('Status: accepted', '')
      .replace('## Measured', '## Opinions')
    expect(wrongDecisions(new Map([...records, ['0001-again.md', again]]))).toEqual([
      '0001-again.md: the number 0001 belongs to 0001-modular-monolith.md',
      '0001-again.md: no status',
      '0001-again.md: its sections must be Context, Decision, Measured, Rejected, Consequences',
      '0001-again.md: the index does not list it',
    ])
  })
})

describe('the page about the architecture', () => {
  const page = pages.get('docs/architecture.md') ?? ''
  // Folders with nothing but a manifest hold no code yet.
  const sources = [...readTree(root).keys()].filter((path) => /\.(ts|tsx|mjs|sql|md)$/.test(path))
  const top = readdirSync(root).filter((name) => sources.some((path) => path.startsWith(`${name}/`)))
  const inServer = sources.flatMap((path) => /^(server\/(?:platform\/|signing\/)?[^/.]+)\//.exec(path)?.[1] ?? [])
  const folders = [...new Set([...top, ...inServer])].sort()

  test('describes every folder that is there, and announces none that is', () => {
    expect(folders).toContain('server/platform')
    expect(misdrawn(page, folders)).toEqual([])
  })

  test('is found wrong when a folder comes, goes or arrives early', () => {
    const house = '- **`hall/`** Where one enters.\n\n## What comes later\n\n- **`attic/`** Under the roof.\n'
    expect(misdrawn(house, ['hall'])).toEqual([])
    expect(misdrawn(house, ['hall', 'cellar'])).toEqual(['cellar/ is not described'])
    expect(misdrawn(house, [])).toEqual(['hall/ is not there'])
    expect(misdrawn(house, ['hall', 'attic'])).toEqual(['attic/ is not described', 'attic/ is there already'])
  })

  test('holds at most eight constraints', () => {
    const constraints = /\n## Constraints\n([\s\S]+?)\n## /.exec(page)?.[1]?.match(/^\d+\. \*\*/gm) ?? []
    expect(constraints.length).toBeGreaterThan(0)
    expect(constraints.length).toBeLessThanOrEqual(8)
  })
})
