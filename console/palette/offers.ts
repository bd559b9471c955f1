import type { DeviceState, RolloutState } from '@suture/contract/states.ts'
import { appearanceNames, setAppearance } from '../shell/appearance.ts'
import { open } from '../shell/overlay.ts'
import { placesFor } from '../shell/places.ts'
import type { Caller } from '../shell/session.ts'
import { setSingleKeys, singleKeys } from '../shell/single-keys.ts'
import { addressOf, type Entry, type Found, fits } from './entry.ts'

/** Parts of the places that somebody looks for by a name of their own. */
const parts = [
  { path: '/devices', name: 'Devices in quarantine', state: 'quarantined' satisfies DeviceState },
  { path: '/rollouts', name: 'Rollouts awaiting approval', state: 'awaiting-approval' satisfies RolloutState },
  { path: '/rollouts', name: 'Rollouts that run', state: 'running' satisfies RolloutState },
  { path: '/rollouts', name: 'Rollouts that are paused', state: 'paused' satisfies RolloutState },
] as const

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
  const filtered = parts.flatMap(({ path, name, state }): Entry[] => {
    const place = places.find((each) => each.path === path)
    if (!place) return []
    const command = `${place.command} --state ${state}`
    return [{ id: `${path} ${state}`, glyph: place.glyph, name, command, way: { to: addressOf(path, { state }) } }]
  })
  return [...whole, ...filtered].filter((each) => fits(each, typed))
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
