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
  { name: 'Vulnerabilities', path: '/vulnerabilities', glyph: 'n-vul', may: 'intelligence:read' },
  { name: 'Releases', path: '/releases', glyph: 'n-rel', may: 'releases:read' },
  { name: 'Rollouts', path: '/rollouts', glyph: 'n-rol', may: 'deployment:read' },
  {
    name: 'Risk',
    path: '/risk',
    glyph: 'n-risk',
    may: 'risk:read',
    later: {
      what: 'Decisions with their facts and clocks, and the findings behind them',
      commands: ['suture fix list', 'suture finding list', 'suture finding explain DEVICE CVE-…'],
    },
  },
  { name: 'Evidence', path: '/evidence', glyph: 'n-ev', may: 'compliance:read' },
  {
    name: 'Settings',
    path: '/settings',
    glyph: 'n-set',
    later: {
      what: 'People, tokens, the signer’s keys and the record of who did what',
      commands: ['suture user list', 'suture token list', 'suture signer keys', 'suture event list'],
    },
  },
]
