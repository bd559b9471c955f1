import { type Arrow, isTest, isUnder, roleOf, zoneOf } from './resolve.ts'
import type { Role, Rules, Zone } from './rules.ts'

/** The folder whose files are one family to a test: `server/lab`, `contract`. */
const family = (path: string) => path.split('/', path.startsWith('server/') ? 2 : 1).join('/')

const forTests = [
  'server/app.ts',
  'server/host.ts',
  'server/roles.ts',
  'server/platform',
  'contract',
  'trust',
  'testing',
]

function testMay(zone: Zone | undefined, there: Zone, from: string, to: string): boolean {
  const near = family(from) === family(to) || forTests.some((path) => isUnder(to, path))
  const listed = zone?.may.some((each) => each === there.path || each === to || each === '*') ?? true
  return near || (there.door ? to === `${there.path}/index.ts` : listed)
}

/** Why a file may not import another, as a sentence; undefined when it may. */
export function allowed(rules: Rules, zone: Zone | undefined, from: string, to: string): string | undefined {
  const there = zoneOf(rules, to)
  if (there === undefined || zone?.may.includes('*')) return undefined
  if (!isTest(from) && /^server\/(.*\/)?main\.ts$/.test(to)) return `${to} starts a process: nobody imports it`
  if (there === zone) return undefined
  const past = `reaches past ${there.path}/index.ts to ${to}`
  if (isTest(from)) {
    if (testMay(zone, there, from, to)) return undefined
    return there.door ? past : `a test of ${zone?.path ?? 'the root'} may not import ${to}`
  }
  if (zone === undefined || zone.may.includes(to)) return undefined
  const role = roleOf(there, to)
  if (role !== undefined && zone.may.includes(`${there.path}:${role}`)) return undefined
  if (!zone.may.includes(there.path)) return `${zone.path} may not import ${there.path} (${to})`
  if (there.door && to !== `${there.path}/index.ts`) return past
  return role === 'routes' || role === 'tasks' ? `only app.ts imports ${to}` : undefined
}

const takesViews = (names: readonly string[]) => names.length > 0 && names.every((name) => /^view[A-Z]/.test(name))

/** Why the role of a file forbids an import that its zone allows; undefined when it does not. */
export function roleAllows(rules: Rules, zone: Zone, { from, import: what }: Arrow, to: string): string | undefined {
  const role = roleOf(zone, from.path)
  const there = zoneOf(rules, to)
  if (role === undefined || there === undefined || isTest(to)) return undefined
  const { own, ownTypes, outside, views } = rules.roles[role]
  if (there !== zone) {
    const listed = outside === '*' || outside.includes(there.path) || outside.includes(to)
    return listed || what.typeOnly ? undefined : `a file of ${role} takes nothing but types from ${to}`
  }
  const its: Role = roleOf(zone, to) ?? 'domain'
  if (own.includes(its) || (what.typeOnly && ownTypes.includes(its))) return undefined
  if (views && its === 'queries')
    return takesViews(what.names)
      ? undefined
      : `a file of ${role} reads through view… queries alone, not ${what.names.join(', ')}`
  return `a file of ${role} may not import one of ${its} (${to})`
}
