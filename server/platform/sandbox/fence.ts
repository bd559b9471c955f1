import { registerHooks } from 'node:module'

/**
 * What code in the sandbox may load of Node. The permission model closes the network, the file system and new
 * processes; it leaves a database that writes files (node:sqlite) and more, so what is not named here is not there.
 */
const allowed = new Set(
  [
    'assert',
    'buffer',
    'crypto',
    'events',
    'fs',
    'fs/promises',
    'path',
    'punycode',
    'querystring',
    'stream',
    'url',
    'util',
  ].map((name) => `node:${name}`),
)

/** Ways past the list, and to the processes of the same user, that the permission model leaves open. */
const doors = ['kill', '_kill', '_debugProcess', '_debugEnd', 'binding', 'getBuiltinModule', 'dlopen', 'send'] as const

/** Takes away what nobody needs to read bytes, the environment included. It cannot be undone. */
export function putUpFence(): void {
  for (const name of Object.keys(process.env)) delete process.env[name]
  registerHooks({
    resolve(specifier, context, next) {
      const found = next(specifier, context)
      if (found.url.startsWith('node:') && !allowed.has(found.url))
        throw new Error(`${found.url} is not there in the sandbox`)
      return found
    },
  })
  for (const door of doors)
    Reflect.defineProperty(process, door, { value: undefined, writable: false, configurable: false })
}
