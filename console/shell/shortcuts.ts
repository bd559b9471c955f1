import { places } from './places.ts'

interface Shortcut {
  readonly act: string
  /** As `nameOf` calls them: any one of them does it. Two with a space between are pressed one after the other. */
  readonly keys: readonly string[]
  readonly says: string
}

/** Where shortcuts work, in the order of the sheet. */
const groups = {
  everywhere: {
    title: 'Everywhere',
    shortcuts: [
      { act: 'palette', keys: ['Mod+k'], says: 'Search or act' },
      { act: 'search', keys: ['/'], says: 'To the search of the page; where it has none, search everything' },
      { act: 'help', keys: ['?'], says: 'All shortcuts' },
      { act: 'leave', keys: ['Escape'], says: 'Close what is open, leave the search, or select none' },
    ],
  },
  places: {
    title: 'Go to a place',
    shortcuts: places.map(({ path, name, key }) => ({ act: path, keys: [`g ${key}`], says: name })),
  },
  rows: {
    title: 'On a page with rows',
    shortcuts: [
      { act: 'next', keys: ['j'], says: 'To the next row' },
      { act: 'previous', keys: ['k'], says: 'To the previous row' },
      { act: 'open', keys: ['Enter'], says: 'Open it' },
    ],
  },
  row: {
    title: 'On a row',
    shortcuts: [
      { act: 'why', keys: ['w'], says: 'Why it is so' },
      { act: 'main', keys: ['a'], says: 'Its main action' },
    ],
  },
  grid: {
    title: 'In the list of devices',
    shortcuts: [
      { act: 'next', keys: ['j', 'ArrowDown'], says: 'Next row' },
      { act: 'previous', keys: ['k', 'ArrowUp'], says: 'Previous row' },
      { act: 'page-down', keys: ['PageDown'], says: 'A page on' },
      { act: 'page-up', keys: ['PageUp'], says: 'A page back' },
      { act: 'first', keys: ['Home'], says: 'First row' },
      { act: 'last', keys: ['End'], says: 'Last row' },
      { act: 'open', keys: ['Enter'], says: 'Open the row' },
      { act: 'select', keys: ['x'], says: 'Select the row, or let it go' },
      { act: 'range', keys: ['X'], says: 'Select from the last one to this row' },
    ],
  },
  cells: {
    title: 'In the cells of a wave',
    shortcuts: [
      { act: 'left', keys: ['ArrowLeft'], says: 'To the left' },
      { act: 'right', keys: ['ArrowRight'], says: 'To the right' },
      { act: 'up', keys: ['ArrowUp'], says: 'Up a row' },
      { act: 'down', keys: ['ArrowDown'], says: 'Down a row' },
      { act: 'first', keys: ['Home'], says: 'The worst' },
      { act: 'last', keys: ['End'], says: 'The best' },
      { act: 'open', keys: ['Enter'], says: 'Open the device' },
      { act: 'leave', keys: ['Escape'], says: 'Take the ring away' },
    ],
  },
  palette: {
    title: 'In Search or act',
    shortcuts: [
      { act: 'next', keys: ['ArrowDown'], says: 'Next result' },
      { act: 'previous', keys: ['ArrowUp'], says: 'Previous result' },
      { act: 'run', keys: ['Enter'], says: 'Go there, or do it' },
      { act: 'copy', keys: ['Mod+c'], says: 'Copy as a command, while no text is selected' },
    ],
  },
} as const satisfies Record<string, { readonly title: string; readonly shortcuts: readonly Shortcut[] }>

/** Every shortcut there is. Whatever acts on a key asks this table, and the sheet shows it, so that they cannot differ. */
export const shortcuts: Readonly<Record<Group, { readonly title: string; readonly shortcuts: readonly Shortcut[] }>> =
  groups

export type Group = keyof typeof groups
export type ActOf<G extends Group> = (typeof groups)[G]['shortcuts'][number]['act']

/** What of a keyboard event says which key it was. */
export type Pressed = Pick<KeyboardEvent, 'key' | 'ctrlKey' | 'metaKey' | 'altKey'>

const isMac = /mac|iphone|ipad/i.test(globalThis.navigator?.platform ?? '')

/** What a key is called: what it writes, after `Mod+` where Ctrl, or Cmd on a Mac, was held; undefined with Alt. */
export function nameOf({ key, ctrlKey, metaKey, altKey }: Pressed, mac = isMac): string | undefined {
  if (altKey || (mac ? ctrlKey : metaKey)) return undefined
  return (mac ? metaKey : ctrlKey) ? `Mod+${key.toLowerCase()}` : key
}

/** Whether a key alone writes a character, so that who speaks to their computer may press it unawares (WCAG 2.1.4). */
const isSingle = (name: string): boolean => [...name].length === 1

/**
 * What a key does somewhere.
 * @param before a key that was pressed just before, as the first of two
 * @param singles whether keys that write a character count
 */
export function actOf<G extends Group>(
  group: G,
  pressed: Pressed,
  singles: boolean,
  before?: string,
): ActOf<G> | undefined {
  const name = nameOf(pressed)
  if (name === undefined || (isSingle(name) && !singles)) return undefined
  const keys = before === undefined ? name : `${before} ${name}`
  return shortcuts[group].shortcuts.find((each) => each.keys.includes(keys))?.act as ActOf<G> | undefined
}

/** Whether a key is the first of two. */
export const beginsTwo = (name: string): boolean =>
  Object.values(shortcuts).some((group) =>
    group.shortcuts.some(({ keys }) => keys.some((each) => each.startsWith(`${name} `))),
  )

const words: Readonly<Record<string, string>> = {
  ArrowUp: '↑',
  ArrowDown: '↓',
  ArrowLeft: '←',
  ArrowRight: '→',
  Enter: '↵',
  Escape: 'Esc',
  PageDown: 'Page down',
  PageUp: 'Page up',
}

/** The caps of the keys that a shortcut is made of, as they are printed. */
export const capsOf = (keys: string, mac = isMac): readonly string[] =>
  keys.split(/[ +]/).map((key) => {
    if (key === 'Mod') return mac ? '⌘' : 'Ctrl'
    return keys.startsWith('Mod+') ? key.toUpperCase() : (words[key] ?? key)
  })
