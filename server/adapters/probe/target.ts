import { isIP } from 'node:net'
import type { Observation, ProbeTarget } from '../port.ts'

const refused = (detail: string): Observation => ({ answered: false, why: 'refused', detail })

/** Why a target is never asked; undefined when it may be. */
export function neverAsked({ host, port, path }: ProbeTarget): Observation | undefined {
  // A zone (fe80::1%eth0) would choose the interface, which is not the caller's to choose.
  if (isIP(host) === 0 || host.includes('%')) return refused('not a literal IP address')
  if (!Number.isInteger(port) || port < 1 || port > 65_535) return refused('not a port')
  return path.length <= 255 && /^(\/[\w.~-]+)+$/.test(path) ? undefined : refused('not a plain absolute path')
}

/** What an error of the network says about the other side. */
export function afterError(cause: unknown): Observation {
  const code = (cause as NodeJS.ErrnoException | null)?.code ?? 'no code'
  if (code === 'ECONNREFUSED') return refused('nobody listens there')
  if (code.startsWith('HPE_')) return { answered: false, why: 'unreadable', detail: `not HTTP (${code})` }
  return { answered: false, why: 'no-answer', detail: `the connection failed (${code})` }
}
