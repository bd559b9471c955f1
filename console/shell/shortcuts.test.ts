import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { places } from './places.ts'
import { actOf, beginsTwo, capsOf, type Group, nameOf, type Pressed, shortcuts } from './shortcuts.ts'

const pressed = (key: string, held: Partial<Pressed> = {}): Pressed => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  ...held,
})

test('each place is two keys away', () => {
  expect(places.map(({ key }) => key).join(' ')).toBe('n d v r o k e s')
  for (const { path, key } of places) expect(actOf('places', pressed(key), true, 'g')).toBe(path)
  expect(actOf('places', pressed('d'), true)).toBeUndefined()
  expect(actOf('places', pressed('x'), true, 'g')).toBeUndefined()
})

test('one key does one thing wherever it works at the same time as others', () => {
  const together: readonly (readonly Group[])[] = [
    ['everywhere', 'places', 'rows', 'row'],
    ['everywhere', 'places', 'grid'],
    ['everywhere', 'palette'],
    ['cells'],
  ]
  for (const groups of together) {
    const keys = groups.flatMap((group) => shortcuts[group].shortcuts.flatMap((each) => each.keys))
    expect(keys.toSorted()).toEqual([...new Set(keys)].toSorted())
    for (const key of keys) expect([key, beginsTwo(key)]).toEqual([key, false])
  }
})

test('with shortcuts of one key off, what writes a character does nothing, and everything else goes on', () => {
  const writing = Object.values(shortcuts).flatMap((group) => group.shortcuts.flatMap(({ keys }) => keys))
  const doing = (singles: boolean) =>
    writing.filter((keys) => {
      const [first, second] = keys.split(' ')
      const [key, before] = second === undefined ? [first, undefined] : [second, first]
      const name = (key ?? '').replace('Mod+', '')
      const held = keys.startsWith('Mod+') ? { ctrlKey: true } : {}
      return (Object.keys(shortcuts) as Group[]).some(
        (group) => actOf(group, pressed(name, held), singles, before) !== undefined,
      )
    })
  expect(doing(true)).toEqual(writing)
  expect(doing(false)).toEqual(writing.filter((keys) => keys.startsWith('Mod+') || /^\w{2,}$/.test(keys)))
})

test('a key that is held with Alt, or with the other one of Ctrl and Cmd, is left to the browser', () => {
  expect(nameOf(pressed('K', { ctrlKey: true }), false)).toBe('Mod+k')
  expect(nameOf(pressed('k', { metaKey: true }), true)).toBe('Mod+k')
  // On a Mac Ctrl-K deletes to the end of the line.
  expect(nameOf(pressed('k', { ctrlKey: true }), true)).toBeUndefined()
  expect(nameOf(pressed('k', { metaKey: true }), false)).toBeUndefined()
  expect(nameOf(pressed('j', { altKey: true }), false)).toBeUndefined()
  expect(actOf('rows', pressed('j', { ctrlKey: true }), true)).toBeUndefined()
})

test('keys are printed as they are called on the keyboard', () => {
  expect(capsOf('Mod+k', true)).toEqual(['⌘', 'K'])
  expect(capsOf('Mod+k', false)).toEqual(['Ctrl', 'K'])
  expect(capsOf('g n')).toEqual(['g', 'n'])
  expect(capsOf('ArrowDown')).toEqual(['↓'])
  expect(capsOf('/')).toEqual(['/'])
})

const root = join(import.meta.dirname, '..')
const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.tsx?$/.test(path) && !/\.test\.|^(dist|node_modules)[/\\]/.test(path))
  .map((path) => ({ path: path.replaceAll('\\', '/'), text: readFileSync(join(root, path), 'utf8') }))

/** Where code looks at a key by itself. */
const readingKeys = (from: typeof sources) =>
  from.filter(({ text }) => /event\.(key|code|keyCode)\b/i.test(text)).map(({ path }) => path)
/** The keys by which elements say that they are pressed. */
const declared = (from: typeof sources) =>
  new Set(
    from.flatMap(({ text }) => [...text.matchAll(/aria-keyshortcuts'?[=:]\s?['"](.+?)['"]/g)].map(([, key]) => key)),
  )

test('nothing in the console acts on a key that does not stand in the table', () => {
  expect(readingKeys(sources)).toEqual([])
  expect(readingKeys([{ path: 'x.tsx', text: `if (event.key === 'q') stop()` }])).toEqual(['x.tsx'])
})

test('the keys that act on a row are those that something in a row declares', () => {
  expect([...declared(sources)].sort()).toEqual(shortcuts.row.shortcuts.flatMap(({ keys }) => keys).sort())
  expect([...declared([{ path: 'x.tsx', text: '<a aria-keyshortcuts="q">' }])]).toEqual(['q'])
})
