import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { hasTerminal } from './terminal.ts'

const root = join(import.meta.dirname, '..')

test('each place that the tests of the machine are run in holds a test', () => {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'))
  const places = scripts['test:machine']
    .replace(/^vitest run( --project \w+)*/, '')
    .trim()
    .split(' ')
  const tests = globSync('{*,*/**/*}.test.ts', { cwd: root, exclude: ['**/node_modules/**'] })
  expect(places.length).toBeGreaterThan(5)
  expect(places.filter((place: string) => !tests.some((path) => path.includes(place)))).toEqual([])
})

test('without a program that makes terminals, tests that need one are left out, unless it has to be there', () => {
  expect(hasTerminal({ PATH: '/nowhere' })).toBe(false)
  expect(() => hasTerminal({ PATH: '/nowhere', SUTURE_REQUIRE_PEERS: '1' })).toThrow(/^Not installed: script/)
})
