import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { all } from './all.ts'
import { suites } from './suites.ts'

const repository = join(import.meta.dirname, '../..')

test.each(all)('the sabotage $name still fits the code that it breaks', ({ edits }) => {
  expect(edits.length).toBeGreaterThan(0)
  for (const { file, find, replace } of edits) {
    const source = readFileSync(join(repository, file), 'utf8')
    expect({ file, times: source.split(find).length - 1 }).toEqual({ file, times: 1 })
    expect(replace).not.toBe(find)
  }
})

test('no two sabotages have one name', () => {
  expect(new Set(all.map(({ name }) => name)).size).toBe(all.length)
})

test('sabotages that were not run do not count as noticed', () => {
  const args = [join(import.meta.dirname, 'main.ts'), '--at-once', '0']
  const trials = Object.values(suites).flatMap((each) => each('60'))
  const stdout = `0 passed, ${trials.length} failed\n`
  expect(spawnSync(process.execPath, args, { encoding: 'utf8' })).toMatchObject({ status: 1, stdout })
})
