import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { check, kinds } from './testing/architecture/check.ts'
import { after } from './testing/architecture/healthy.ts'
import { draw, readTree } from './testing/architecture/picture.ts'
import { rules } from './testing/architecture/rules.ts'
import { sabotages } from './testing/architecture/sabotages.ts'
import { drawing, overlong } from './testing/architecture/table.ts'

const root = import.meta.dirname
const print = (text: string) => process.stdout.write(`${text}\n`)

/** What is wrong with a tree, one line each. */
const wrongIn = (files: ReadonlyMap<string, string>) =>
  check(draw(files), rules).map(({ file, rule, says }) => `${file} [${rule}] ${says}`)

const picture = draw(readTree(root))
afterAll(() => print(overlong(picture, rules)))

test('the tree is as it is drawn', () => {
  print(drawing(picture, rules))
  const violations = check(picture, rules)
  expect(violations.map(({ file, line, rule, says }) => `${file}:${line ?? 1} [${rule}] ${says}`)).toEqual([])
})

test('no arrow of the drawing leads back to where it came from', () => {
  const arrows = new Map(rules.zones.map(({ path, may }) => [path, may.map((each) => each.replace(/:.*/, ''))]))
  const reaches = (from: string, to: string, seen = new Set<string>()): boolean =>
    (arrows.get(from) ?? []).some((next) => {
      if (next === to) return true
      return !seen.has(next) && reaches(next, to, seen.add(next))
    })
  expect([...arrows.keys()].filter((path) => reaches(path, path))).toEqual([])
})

test('a healthy tree breaks no rule', () => {
  expect(wrongIn(after({}))).toEqual([])
})

test.each(sabotages)('the drawing refuses $title', ({ adds, says }) => {
  expect(wrongIn(after(adds))).toEqual([says])
})

test.each(kinds)('the rule "%s" has been seen red', (rule) => {
  expect(sabotages.filter(({ says }) => says.includes(` [${rule}] `))).not.toEqual([])
})

test('a forbidden import written to disk is found there', () => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-architecture-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  // With the workspaces that the server declares: without them they would count as foreign dependencies.
  const manifests = ['package.json', 'server/package.json', 'contract/package.json', 'trust/package.json']
  const real = [...manifests, 'server/platform/id.ts', 'server/platform/machine.ts']
  for (const path of real) cpSync(join(root, path), join(folder, path))
  expect(wrongIn(readTree(folder))).toEqual([])

  const slice = join(folder, 'server/inventory/index.ts')
  cpSync(join(root, 'server/platform/clock.ts'), slice)
  writeFileSync(join(dirname(slice), 'note.md'), 'neither read nor parsed')
  writeFileSync(join(folder, 'server/platform/machine.ts'), `import type { Clock } from '#inventory/index.ts'\n`)
  expect(wrongIn(readTree(folder))).toEqual([
    'server/platform/machine.ts [import] server/platform may not import server/inventory (server/inventory/index.ts)',
  ])
})
