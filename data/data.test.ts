import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { isUnreadable, judgeVersion, KnowledgeDocument, keysOf, versionKey } from '@suture/server/intelligence/index.ts'
import { describe, expect, test } from 'vitest'
import { build, knowledgeFile } from './build.ts'
import { rangeOfRecord, rangesOfBranch } from './ranges.ts'

const folder = join(import.meta.dirname, 'knowledge')
const sources = process.env.SUTURE_SHARED_DATA ?? join(import.meta.dirname, '../../shared/data')
const files = readdirSync(folder).map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
const documents = files.map(({ text }) => KnowledgeDocument.parse(JSON.parse(text)))
const products = documents.flatMap((each) => each.products)
const vulnerabilities = documents.flatMap((each) => each.vulnerabilities)
const exploited = vulnerabilities.filter(({ kev }) => kev !== undefined)
const statements = vulnerabilities.flatMap(({ id, affected }) => affected.map((each) => ({ id, ...each })))

/** Each end and each single version that the snapshot names. */
const versions = statements.flatMap(({ ranges }) =>
  ranges.flatMap((range) => {
    if ('all' in range) return []
    if ('exact' in range) return [range.exact]
    return [range.from, range.to].flatMap((bound) => bound?.version ?? [])
  }),
)

describe('the snapshot', () => {
  test('holds enough real products, and enough that are known to be exploited', () => {
    expect(products.length).toBeGreaterThanOrEqual(12)
    expect(exploited.length).toBeGreaterThanOrEqual(8)
    expect(files.reduce((sum, { text }) => sum + text.length, 0)).toBeLessThan(400_000)
  })

  test('is counted right in its README', () => {
    const makers = new Set(products.map(({ vendor }) => vendor)).size
    const said = readFileSync(join(import.meta.dirname, 'README.md'), 'utf8').replaceAll(/\s+/g, ' ')
    expect(said).toContain(
      `${products.length} products of ${makers} makers, ${vulnerabilities.length} vulnerabilities, ${exploited.length} of them`,
    )
  })

  test('names no version that the generic scheme does not read', () => {
    expect(versions.length).toBeGreaterThan(50)
    expect(versions.filter((version) => isUnreadable(versionKey(version)))).toEqual([])
  })

  test('says for each exploited vulnerability what CISA decided by SSVC, or it is named here', () => {
    const undecided = exploited.filter(({ ssvc }) => ssvc === undefined).map(({ id }) => id)
    // The snapshot of CISA's records that we have is without these three.
    expect(undecided).toEqual(['CVE-2021-4034', 'CVE-2023-46604', 'CVE-2023-4911'])
  })

  test('says of which advisory or record each range is', () => {
    const known = (id: string) =>
      vulnerabilities.find((each) => each.id === id)?.advisories.map((each) => each.id) ?? []
    expect(statements.filter(({ id, source }) => source !== id && !known(id).includes(source ?? ''))).toEqual([])
  })

  test('finds every product by each of its names, in one document', () => {
    for (const each of documents) {
      const keys = keysOf(each.products)
      expect(new Set(keys.values()).size).toBe(each.products.length)
      expect(keys.size).toBeGreaterThan(each.products.length)
    }
  })

  test('is judged at the ends of its ranges as the sources say', () => {
    for (const { id, ranges } of statements)
      for (const range of ranges) {
        const told = (version: string) => [id, version, judgeVersion(version, ranges).verdict]
        const says = (version: string, holds: boolean) => [
          id,
          version,
          (range.status === 'affected') === holds ? 'affected' : 'not-affected',
        ]
        if ('all' in range) expect(told('1.0')).toEqual(says('1.0', true))
        else if ('exact' in range) expect(told(range.exact)).toEqual(says(range.exact, true))
        else
          for (const end of [range.from, range.to])
            if (end) expect(told(end.version)).toEqual(says(end.version, end.inclusive))
      }
  })

  test('knows the fix of the controller that was attacked in water works', () => {
    const ranges = statements.find(({ id, product }) => id === 'CVE-2023-6448' && product === 'Vision')?.ranges ?? []
    expect(judgeVersion('12.37', ranges).verdict).toBe('affected')
    expect(judgeVersion('12.38', ranges).verdict).toBe('not-affected')
  })

  test('is the same bytes when it is built again', ({ skip }) => {
    skip(!existsSync(sources), `the sources are not there: ${sources} (SUTURE_SHARED_DATA)`)
    expect(files.map(({ name }) => join(folder, name))).toEqual([knowledgeFile])
    expect(build(sources)).toBe(files[0]?.text)
  })
})

describe('a version branch of an advisory', () => {
  test.each([
    ['<9.9.00', [{ status: 'affected', to: { version: '9.9.00', inclusive: false } }]],
    ['<= 1.24', [{ status: 'affected', to: { version: '1.24', inclusive: true } }]],
    ['vers:all/<V3.3.4', [{ status: 'affected', to: { version: 'V3.3.4', inclusive: false } }]],
    [
      '>=00.07.00|<=00.07.03.4',
      [
        {
          status: 'affected',
          from: { version: '00.07.00', inclusive: true },
          to: { version: '00.07.03.4', inclusive: true },
        },
      ],
    ],
    [
      '11.1.0|11.2.0',
      [
        { status: 'affected', exact: '11.1.0' },
        { status: 'affected', exact: '11.2.0' },
      ],
    ],
    ['vers:all/*', [{ status: 'affected', all: true }]],
  ])('%s is read', (text, ranges) => {
    expect(rangesOfBranch(text, 'ICSA')).toEqual(ranges)
  })

  test.each([
    '<4.x',
    'All versions with Fortinet NGFW',
    '< 3.3 SP1 3.x',
    '<1.0|2.0',
    '<1.0|<2.0',
    '2.0 and earlier',
    '',
  ])('%j is refused, not left out', (text) => {
    expect(() => rangesOfBranch(text, 'ICSA-00-000-00')).toThrow('ICSA-00-000-00')
  })
})

describe('a version entry of a CVE record', () => {
  const status = 'affected'
  test.each([
    [
      { status, version: '4.x', lessThan: '5.0.0 ' },
      { status, from: { version: '4', inclusive: true }, to: { version: '5.0.0', inclusive: false } },
    ],
    [
      { status, version: '0', lessThan: '9.9.00' },
      { status, to: { version: '9.9.00', inclusive: false } },
    ],
    [
      { status, version: '7.0.0', lessThanOrEqual: '7.0.9' },
      { status, from: { version: '7.0.0', inclusive: true }, to: { version: '7.0.9', inclusive: true } },
    ],
    [
      { status, version: '1.06B01' },
      { status, exact: '1.06B01' },
    ],
    [
      { status: 'unaffected', version: 'All' },
      { status: 'unaffected', all: true },
    ],
  ])('%j is read', (entry, range) => {
    expect(rangeOfRecord(entry, 'CVE-2023-47565')).toEqual(range)
  })

  test.each([
    { status, version: '2.0.9 and earlier' },
    { status, version: '4.x' },
    { status, version: 'n/a' },
    { status: 'unknown', version: '1.0' },
    { status, version: '1.0', lessThan: '3.0', changes: [{ at: '2.0', status: 'unaffected' }] },
  ])('%j is refused, not left out', (entry) => {
    expect(() => rangeOfRecord(entry, 'CVE-2023-49897')).toThrow('CVE-2023-49897')
  })
})
