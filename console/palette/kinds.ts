import { listEvidence } from '@suture/contract/compliance.ts'
import { listRollouts } from '@suture/contract/deployment.ts'
import { listDevices } from '@suture/contract/devices.ts'
import { listVulnerabilities } from '@suture/contract/intelligence.ts'
import { listModels, listSites } from '@suture/contract/inventory.ts'
import type { Permission } from '@suture/contract/permissions.ts'
import { exactly } from '@suture/contract/query/print.ts'
import { listReleases } from '@suture/contract/releases.ts'
import { count, figure, releaseText } from '../deployment/words.ts'
import { lookOf } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { ofModel } from '../inventory/device-filter.ts'
import { placeOf } from '../inventory/device-rows.ts'
import { ask } from '../shell/ask.ts'
import { addressOf, type Entry, type Found } from './entry.ts'
import { quoted } from './quoted.ts'

/** The most that is shown of one kind. */
const shown = 5
/** Lists that do not tell how many there are in all are counted so far. */
const counted = 100

/** Where the page of a thing is, or the list of its kind while it has none. */
export type PageOf = (
  list: '/vulnerabilities' | '/releases' | '/rollouts' | '/evidence' | '/devices',
  id: string,
) => string

/** A kind of thing that is found by its name. */
export interface Kind {
  readonly title: string
  readonly may: readonly Permission[]
  /** What may be part of such a name; anything, where there is none. */
  readonly named?: RegExp
  find(text: string, pageOf: PageOf, signal: AbortSignal): Promise<Omit<Found, 'title'>>
}

interface Listed<Item> {
  readonly items: readonly Item[]
  readonly next?: string | undefined
}

function foundIn<Item>({ items, next }: Listed<Item>, entryOf: (item: Item) => Entry): Omit<Found, 'title'> {
  const entries = items.slice(0, shown).map(entryOf)
  if (items.length <= shown) return { entries }
  return { entries, share: `${shown} of ${next === undefined ? figure(items.length) : `more than ${counted}`}` }
}

/** The devices that a text names: the one place that says how they are asked for, and where all of them are listed. */
const devicesNamed = (text: string) => ({
  query: { q: exactly('text', text), limit: shown },
  list: {
    to: addressOf('/devices', { q: exactly('text', text) }),
    command: `suture device list -q ${quoted(exactly('text', text))}`,
  },
})

async function findDevices(text: string, pageOf: PageOf, signal: AbortSignal): Promise<Omit<Found, 'title'>> {
  const { query, list } = devicesNamed(text)
  const { items, counts } = await ask(listDevices, { query }, signal)
  const entries = items.map((device): Entry => {
    const { id, name, serial, manufacturer, model, state } = device
    return {
      id: `device ${id}`,
      glyph: lookOf('device', state).glyph,
      name,
      what: `${manufacturer} ${model}, serial ${serial}, ${placeOf(device)}`,
      command: `suture device show ${id}`,
      way: { to: pageOf('/devices', id) },
    }
  })
  const all = counts?.devices ?? items.length
  if (all <= shown) return { entries }
  const name = `All ${figure(all)} devices that match`
  return {
    entries: [...entries, { id: 'devices', glyph: 'n-dev', name, command: list.command, way: { to: list.to } }],
    share: `${shown} of ${figure(all)}`,
  }
}

async function findEvidence(text: string, pageOf: PageOf, signal: AbortSignal): Promise<Omit<Found, 'title'>> {
  const rollouts = await ask(listRollouts, { query: { text, limit: counted } }, signal)
  const names = new Map(rollouts.items.map(({ id, name }) => [id, name]))
  if (names.size === 0) return { entries: [] }
  const packs = await ask(listEvidence, { query: { limit: 500 } }, signal)
  return foundIn({ items: packs.items.filter(({ rollout }) => names.has(rollout)) }, ({ id, rollout, createdAt }) => ({
    id: `evidence ${id}`,
    glyph: 'n-ev',
    name: `Evidence of ${names.get(rollout)}`,
    what: `packed ${instant(createdAt)}`,
    command: `suture evidence pack ${rollout}`,
    way: { to: pageOf('/evidence', id) },
  }))
}

/** The kinds, in the order in which they stand. */
export const kinds: readonly Kind[] = [
  { title: 'Devices', may: ['inventory:read'], find: findDevices },
  {
    title: 'Sites',
    may: ['inventory:read'],
    find: async (text, _, signal) =>
      foundIn(await ask(listSites, { query: { text, limit: counted } }, signal), ({ id, name, devices }) => ({
        id: `site ${id}`,
        glyph: 'pin',
        name,
        what: count(devices, 'device'),
        command: `suture device list -q ${quoted(exactly('site', name))}`,
        way: { to: addressOf('/devices', { q: exactly('site', name) }) },
      })),
  },
  {
    title: 'Models',
    may: ['inventory:read'],
    find: async (text, _, signal) =>
      foundIn(
        await ask(listModels, { query: { text, limit: counted } }, signal),
        ({ manufacturer, name, devices }) => ({
          id: `model ${manufacturer} ${name}`,
          glyph: 'n-dev',
          name: `${manufacturer} ${name}`,
          what: count(devices, 'device'),
          command: `suture device list -q ${quoted(exactly('model', name))}`,
          way: { to: addressOf('/devices', ofModel(manufacturer, name)) },
        }),
      ),
  },
  {
    title: 'Releases',
    may: ['releases:read'],
    find: async (text, pageOf, signal) =>
      foundIn(await ask(listReleases, { query: { text, limit: counted } }, signal), ({ id, state, ...release }) => ({
        id: `release ${id}`,
        glyph: lookOf('release', state).glyph,
        name: releaseText(release),
        what: lookOf('release', state).word,
        command: `suture release show ${id}`,
        way: { to: pageOf('/releases', id) },
      })),
  },
  {
    title: 'Rollouts',
    may: ['deployment:read'],
    find: async (text, pageOf, signal) =>
      foundIn(await ask(listRollouts, { query: { text, limit: counted } }, signal), ({ id, name, state, devices }) => ({
        id: `rollout ${id}`,
        glyph: lookOf('rollout', state).glyph,
        name,
        what: `${lookOf('rollout', state).word}, ${count(devices, 'device')}`,
        command: `suture rollout show ${id}`,
        way: { to: pageOf('/rollouts', id) },
      })),
  },
  {
    title: 'Vulnerabilities',
    may: ['intelligence:read'],
    named: /^(cve-?)?\d{2,4}(-\d*)?$/i,
    find: async (text, _, signal) =>
      foundIn(
        await ask(listVulnerabilities, { query: { text, all: 'true', limit: counted } }, signal),
        ({ id, devices }) => ({
          id: `vulnerability ${id}`,
          glyph: 'n-vul',
          name: id,
          what: devices === 0 ? 'no device of yours matches' : `on ${count(devices, 'device')}`,
          command: `suture vulnerability show ${id}`,
          way: { asks: id },
        }),
      ),
  },
  { title: 'Evidence', may: ['compliance:read', 'deployment:read'], find: findEvidence },
]
