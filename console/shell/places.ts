import type { Permission } from '@suture/contract/permissions.ts'
import type { GlyphName } from '../design/glyph-names.ts'

interface Place {
  readonly name: string
  readonly path: string
  readonly glyph: GlyphName
  /** Pressed after `g` it leads there. */
  readonly key: string
  readonly may?: Permission
  /** What lists the same from a terminal. */
  readonly command?: string
}

/** The eight places, in the one order. */
export const places: readonly Place[] = [
  { name: 'Now', path: '/', glyph: 'n-now', key: 'n' },
  { name: 'Devices', path: '/devices', glyph: 'n-dev', key: 'd', may: 'inventory:read', command: 'suture device list' },
  {
    name: 'Vulnerabilities',
    path: '/vulnerabilities',
    glyph: 'n-vul',
    key: 'v',
    may: 'intelligence:read',
    command: 'suture vulnerability list',
  },
  {
    name: 'Releases',
    path: '/releases',
    glyph: 'n-rel',
    key: 'r',
    may: 'releases:read',
    command: 'suture release list',
  },
  {
    name: 'Rollouts',
    path: '/rollouts',
    glyph: 'n-rol',
    key: 'o',
    may: 'deployment:read',
    command: 'suture rollout list',
  },
  {
    name: 'Risk',
    path: '/risk',
    glyph: 'n-risk',
    key: 'k',
    may: 'risk:read',
    command: 'suture finding list',
  },
  {
    name: 'Evidence',
    path: '/evidence',
    glyph: 'n-ev',
    key: 'e',
    may: 'compliance:read',
    command: 'suture evidence list',
  },
  {
    name: 'Settings',
    path: '/settings',
    glyph: 'n-set',
    key: 's',
  },
]

/** The places that somebody may see. */
export const placesFor = (permissions: readonly Permission[]): readonly Place[] =>
  places.filter(({ may }) => may === undefined || permissions.includes(may))
