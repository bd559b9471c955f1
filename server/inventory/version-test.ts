import type { VersionTest } from '@suture/contract/query/field.ts'
import { fits } from '@suture/contract/query/pattern.ts'

/** The key of a version, ordered as bytes are; nothing for a text that cannot be read as one. */
export type KeyOfVersion = (version: string) => Uint8Array | undefined

const holds = {
  '<': (order: number) => order < 0,
  '<=': (order: number) => order <= 0,
  '>': (order: number) => order > 0,
  '>=': (order: number) => order >= 0,
} as const

/**
 * Tells of a version whether it is asked for. A version that cannot be read comes neither before nor after another; one
 * that is written otherwise is the same, as 11.2 is 11.2.0.
 */
export function isAsAsked(test: VersionTest, keyOf: KeyOfVersion): (version: string) => boolean {
  if (test.operator !== '=') {
    const bound = keyOf(test.version)
    const isSo = holds[test.operator]
    return (version) => {
      const key = bound && keyOf(version)
      return key !== undefined && isSo(Buffer.compare(key, bound as Uint8Array))
    }
  }
  const { patterns } = test
  const whole = patterns.flatMap(([only, ...others]) => (others.length === 0 ? [keyOf(only)] : []))
  return (version) => {
    if (patterns.some((pattern) => fits(pattern, version))) return true
    const key = whole.some((each) => each !== undefined) ? keyOf(version) : undefined
    return key !== undefined && whole.some((each) => each !== undefined && Buffer.compare(key, each) === 0)
  }
}
