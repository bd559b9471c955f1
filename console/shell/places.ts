import type { Permission } from '@suture/contract/permissions.ts'
import type { GlyphName } from '../design/glyph-names.ts'

interface Place {
  readonly name: string
  readonly path: string
  readonly glyph: GlyphName
  readonly may?: Permission
  /** What there is of it in the command line, for the places that the console does not have yet. */
  readonly later?: { readonly what: string; readonly commands: readonly string[] }
}

/** The eight places, in the one order. */
export const places: readonly Place[] = [
  { name: 'Now', path: '/', glyph: 'n-now' },
  { name: 'Devices', path: '/devices', glyph: 'n-dev', may: 'inventory:read' },
  {
    name: 'Vulnerabilities',
    path: '/vulnerabilities',
    glyph: 'n-vul',
    may: 'intelligence:read',
    later: {
      what: 'Which vulnerabilities the fleet has, why, and what closes most of them',
      commands: ['suture vulnerability list', 'suture vulnerability show CVE-…', 'suture vulnerability explain CVE-…'],
    },
  },
  {
    name: 'Releases',
    path: '/releases',
    glyph: 'n-rel',
    may: 'releases:read',
    later: {
      what: 'Releases with their signatures, what the lab said of them, and what they fix',
      commands: ['suture release list', 'suture lab runs'],
    },
  },
  { name: 'Rollouts', path: '/rollouts', glyph: 'n-rol', may: 'deployment:read' },
  { name: 'Risk', path: '/risk', glyph: 'n-risk', may: 'risk:read' },
  { name: 'Evidence', path: '/evidence', glyph: 'n-ev', may: 'compliance:read' },
  { name: 'Settings', path: '/settings', glyph: 'n-set' },
]
