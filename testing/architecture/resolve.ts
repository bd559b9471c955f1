import { isBuiltin } from 'node:module'
import { posix } from 'node:path'
import type { Manifest, Picture } from './picture.ts'
import type { Role, Rules, Zone } from './rules.ts'
import type { Import, Source } from './source.ts'

/** Where an import leads. */
type Target =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'builtin'; readonly name: string }
  | { readonly kind: 'package'; readonly name: string }
  | { readonly kind: 'nowhere' }

/** An arrow with both ends known. */
export interface Arrow {
  readonly from: Source
  readonly import: Import
  readonly target: Target
  /** The package name it was reached by, ours or foreign; undefined for a path. */
  readonly through: string | undefined
}

export const isTest = (path: string) => /\.test\.tsx?$/.test(path)
export const isUnder = (path: string, folder: string) => path === folder || path.startsWith(`${folder}/`)

/** The package.json that speaks for a file. */
export function manifestOf(picture: Picture, path: string): Manifest | undefined {
  const owner = picture.manifests.find((each) => each.path !== '' && isUnder(path, each.path))
  return owner ?? picture.manifests.find((each) => each.path === '')
}

/** The zone a file belongs to; undefined when the drawing does not know it. */
export function zoneOf(rules: Rules, path: string): Zone | undefined {
  const around = rules.zones.filter((zone) => (zone.path === '' ? !path.includes('/') : isUnder(path, zone.path)))
  return around.reduce<Zone | undefined>(
    (best, zone) => (zone.path.length >= (best?.path.length ?? 0) ? zone : best),
    undefined,
  )
}

/** What a file of a zone with roles is for. */
export function roleOf(zone: Zone, path: string): Role | undefined {
  if (!zone.roles || isTest(path)) return undefined
  if (path === `${zone.path}/index.ts`) return 'index'
  const kind = /(?:^|[./])(tables|queries|operations|routes|tasks)\.ts$/.exec(path)?.[1]
  return (kind as Role | undefined) ?? 'domain'
}

function resolve(picture: Picture, from: string, specifier: string): Pick<Arrow, 'target' | 'through'> {
  const plain = specifier.replace(/\?.*$/, '')
  const file = (path: string, through?: string): Pick<Arrow, 'target' | 'through'> => ({
    target: picture.paths.has(path) ? { kind: 'file', path } : { kind: 'nowhere' },
    through,
  })
  if (/^\.{0,2}\//.test(plain)) return file(posix.join(posix.dirname(from), plain))
  const home = manifestOf(picture, from)
  if (plain.startsWith('#')) return file(home?.hashes ? posix.join(home.path, plain.slice(1)) : plain)
  if (isBuiltin(plain))
    return { target: { kind: 'builtin', name: plain.replace(/^(node:)?/, 'node:') }, through: undefined }
  const name = plain.split('/', plain.startsWith('@') ? 2 : 1).join('/')
  const ours = picture.manifests.find((each) => each.name === name)
  if (ours) return file(posix.join(ours.path, plain.slice(name.length + 1)), name)
  return { target: { kind: 'package', name }, through: name }
}

/** Every import of the tree, resolved. */
export const arrowsOf = (picture: Picture): readonly Arrow[] =>
  picture.sources.flatMap((from) =>
    from.imports.map((each) => ({ from, import: each, ...resolve(picture, from.path, each.to) })),
  )
