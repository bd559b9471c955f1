import { relative } from 'node:path'
import type { Vite, VitestPluginContext } from 'vitest/node'
import { chosen } from './all.ts'
import { withFault } from './fault.ts'

/**
 * Puts a fault into what tests load of the product, as a plugin of Vite.
 * @param name the fault; none when there is no name
 */
export function sabotaging(repository: string, name: string | undefined): Vite.Plugin[] {
  if (name === undefined) return []
  const fault = chosen(name)
  return [
    {
      name: 'suture-sabotage',
      enforce: 'pre',
      // A module with a fault must not be kept for a run without, nor one without for a run with it.
      configureVitest: ({ defineCacheKeyGenerator }: VitestPluginContext) => defineCacheKeyGenerator(() => false),
      transform: (code, id) => withFault(fault, relative(repository, id.split('?')[0] ?? id), code),
    } as Vite.Plugin,
  ]
}
