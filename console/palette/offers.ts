import { exactly } from '@suture/contract/query/print.ts'
import type { DeviceState, RolloutState } from '@suture/contract/states.ts'
import { appearanceNames, setAppearance } from '../shell/appearance.ts'
import { open } from '../shell/overlay.ts'
import { placesFor } from '../shell/places.ts'
import type { Caller } from '../shell/session.ts'
import { setSingleKeys, singleKeys } from '../shell/single-keys.ts'
import { addressOf, type Entry, type Found, fits } from './entry.ts'

interface Part {
  /** The place that it is of. */
  readonly path: string
  readonly name: string
  /** What stands in the address after the place. */
  readonly search: Readonly<Record<string, string>>
  readonly command?: string
}

const devicesIn = (state: DeviceState) => ({ q: exactly('state', state) })
const rolloutsIn = (state: RolloutState) => ({ state })

/** Parts and tabs of the places that somebody looks for by a name of their own. */
const parts: readonly Part[] = [
  {
    path: '/devices',
    name: 'Devices in quarantine',
    search: devicesIn('quarantined'),
    command: 'suture device list -q state:quarantined',
  },
  {
    path: '/rollouts',
    name: 'Rollouts awaiting approval',
    search: rolloutsIn('awaiting-approval'),
    command: 'suture rollout list --state awaiting-approval',
  },
  {
    path: '/rollouts',
    name: 'Rollouts that run',
    search: rolloutsIn('running'),
    command: 'suture rollout list --state running',
  },
  {
    path: '/rollouts',
    name: 'Rollouts that are paused',
    search: rolloutsIn('paused'),
    command: 'suture rollout list --state paused',
  },
]

function placeEntries(permissions: Caller['permissions'], typed: string): readonly Entry[] {
  const places = placesFor(permissions)
  const whole = places.map(
    ({ path, name, glyph, key, command }): Entry => ({
      id: path,
      glyph,
      name,
      keys: `g ${key}`,
      ...(command === undefined ? {} : { command }),
      way: { to: path },
    }),
  )
  if (typed === '') return whole
  const within = parts.flatMap(({ path, name, search, ...more }): Entry[] => {
    const place = places.find((each) => each.path === path)
    const to = addressOf(path, search)
    return place ? [{ id: to, glyph: place.glyph, name, way: { to }, ...more }] : []
  })
  return [...whole, ...within].filter((each) => fits(each, typed))
}

function actEntries(leave: () => Promise<void>): readonly Entry[] {
  const on = singleKeys()
  return [
    {
      id: 'shortcuts',
      glyph: 'info',
      name: 'Shortcuts',
      also: 'keyboard keys help',
      keys: '?',
      way: { does: () => open('shortcuts') },
    },
    {
      id: 'single-keys',
      glyph: on ? 'minus' : 'plus',
      name: `Turn shortcuts of one key ${on ? 'off' : 'on'}`,
      also: 'single keyboard keys',
      way: { does: () => setSingleKeys(!on) },
    },
    ...Object.entries(appearanceNames).map(
      ([value, name]): Entry => ({
        id: `appearance ${value}`,
        glyph: 'sun',
        name: `Appearance: ${name.toLowerCase()}`,
        also: 'theme mode colours',
        way: { does: () => setAppearance(value as keyof typeof appearanceNames) },
      }),
    ),
    { id: 'sign-out', glyph: 'person', name: 'Sign out', also: 'log out leave', way: { does: leave } },
  ]
}

/** What the palette offers without asking the server: before anything is typed the places, and what there is to do. */
export function offersFor(permissions: Caller['permissions'], typed: string, leave: () => Promise<void>): Found[] {
  return [
    { title: 'Go to', entries: placeEntries(permissions, typed) },
    { title: 'Do', entries: actEntries(leave).filter((each) => fits(each, typed)) },
  ].filter(({ entries }) => entries.length > 0)
}
