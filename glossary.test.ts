import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { endpoints } from './contract/index.ts'
import { permissionNames } from './contract/permissions.ts'
import { refusals } from './contract/refusals.ts'
import { roleNames } from './contract/roles.ts'
import { misspoken, synonymsOf, unexplained } from './docs/glossary.ts'
import { foldersOf, type Name, namesOf } from './docs/names.ts'
import { readPages } from './docs/pages.ts'
import { readTree } from './testing/architecture/picture.ts'

const root = import.meta.dirname
const glossary = readFileSync(join(root, 'docs/glossary.md'), 'utf8')
const files = readTree(root)

const called = (what: string, names: Iterable<string>): Name[] => [...names].map((name) => ({ name, what }))
const names: readonly Name[] = [
  ...called('permission', permissionNames),
  ...called('role', roleNames),
  ...called(
    'tag',
    Object.values(endpoints).map(({ tag }) => tag),
  ),
  ...called(
    'refusal slice',
    Object.keys(refusals).map((code) => code.replace(/\/.*/, '')),
  ),
  ...called('folder', foldersOf(files.keys())),
  ...namesOf(files),
]

test('the glossary explains every permission, role, tag, folder, event, task and state that the code names', () => {
  for (const what of ['permission', 'role', 'tag', 'refusal slice', 'folder', 'event', 'task'])
    expect(names.filter((each) => each.what === what)).not.toEqual([])
  expect(unexplained(glossary, names)).toEqual([])
})

test('a name that the glossary lacks is reported, whichever kind it is', () => {
  const invented = new Map([
    [
      'server/lab/events.ts',
      `declare module '#platform/events/event.ts' { interface Events { 'rig.melted': { at: string } } }`,
    ],
    [
      'server/lab/tasks.ts',
      `export const melt: Recurring = { name: 'lab/melt', at: '* * * * *', run: async () => {} }`,
    ],
    ['server/lab/wish.ts', `declare module '#platform/tasks/task.ts' { interface Tasks { 'lab/wish': null } }`],
    ['contract/lab.ts', `export const rigStates = ['molten'] as const; const Kind = z.enum(['volcano'])`],
    ['server/platform/lava/flow.ts', ''],
  ])
  const made = [
    ...called('permission', ['lab:melt']),
    ...called('folder', foldersOf(invented.keys())),
    ...namesOf(invented),
  ]
  expect(unexplained(glossary, made)).toEqual([
    'lab:melt (permission)',
    'platform/lava (folder)',
    'rig.melted (event)',
    'lab/melt (task)',
    'lab/wish (task)',
    'molten (word of contract/lab.ts)',
    'volcano (word of contract/lab.ts)',
  ])
})

const texts = new Map([
  // The page of other people's words has to use them.
  ...[...readPages(root)].filter(([path]) => path.startsWith('docs/') && path !== 'docs/other-words.md'),
  ...[...files].filter(([path]) => /^contract\/.*\.ts$/.test(path)),
])

test('the contract and the documentation say one word for one thing', () => {
  expect(misspoken(glossary, texts)).toEqual([])
})

test('every synonym that the glossary rules out is found where it is used, as a whole word', () => {
  const synonyms = synonymsOf(glossary)
  expect(synonyms.length).toBeGreaterThan(5)
  for (const { not, but } of synonyms) {
    expect(misspoken(glossary, new Map([['a.md', `Each ${not}s.`]]))).toEqual([`a.md: ${but}, not ${not}`])
    expect(misspoken(glossary, new Map([['a.md', `Un${not}able`]]))).toEqual([])
  }
})
