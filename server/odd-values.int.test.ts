import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { ask, thingsOf } from '@suture/testing/contract-scene.ts'
import { type Example, everyEndpoint, examples } from '@suture/testing/request-examples.ts'
import { startTestServer } from '@suture/testing/world.ts'
import { expect, onTestFinished, test } from 'vitest'

/** What people, scripts and attackers put where something else is meant. */
const oddities: readonly unknown[] = [
  '\u0000',
  'a\u0000b',
  '\ud800',
  '\u202e',
  'x'.repeat(5_000),
  '',
  ' ',
  '𝕏',
  `'; drop table platform_user; --`,
  '__proto__',
  -1,
  0,
  2 ** 31,
  2 ** 32,
  2 ** 53,
  1e308,
  null,
  true,
  [],
  {},
  [null],
  '99999999999999999999',
  '1.18446744073709551616.1',
  '..%2f..',
  '%00',
]

const parts = ['params', 'query', 'body'] as const
type Part = (typeof parts)[number]

/** The example with one leaf replaced, for every leaf. */
function* replacedIn(value: unknown, odd: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    for (const [at, item] of value.entries()) for (const changed of replacedIn(item, odd)) yield value.with(at, changed)
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, item] of Object.entries(value))
      for (const changed of replacedIn(item, odd)) yield { ...value, [key]: changed }
  }
  yield odd
}

/** The value as the door reads it: a URL holds nothing but text. */
const asSent = (part: Part, value: unknown): unknown =>
  part === 'body' || typeof value !== 'object' || value === null
    ? value
    : Object.fromEntries(Object.entries(value).map(([key, item]) => [key, item === undefined ? item : String(item)]))

/** The part with the oddity in one place, for every place: of a body as deep as it goes, of a URL each named parameter. */
function changesOf(part: Part, endpoint: AnyEndpoint, example: Example, odd: unknown): unknown[] {
  if (part === 'body') return example.body === undefined ? [] : [...replacedIn(example.body, odd)]
  return Object.keys(endpoint[part].shape).map((key) => ({ ...example[part], [key]: odd }))
}

/** One in so many of the bodies and queries that the contract’s own schema refuses is sent: all end at the same line of the door. */
const oneIn = 8
/** How often each oddity was refused so far, over all endpoints, so that each is sent in every eighth place of all. */
const refusedSoFar = oddities.map(() => 0)

/**
 * The example with each oddity in each of its places: all of those in a path, which the router reads before any schema
 * does, whatever the schema lets through, and a part of the rest.
 */
function* oddRequests(endpoint: AnyEndpoint, example: Example): Generator<Example> {
  for (const part of parts) {
    for (const [turn, odd] of oddities.entries()) {
      // Half of a surrogate pair cannot be written into a URL at all.
      if (part !== 'body' && odd === '\ud800') continue
      for (const changed of changesOf(part, endpoint, example, odd)) {
        const passes = endpoint[part].safeParse(asSent(part, changed)).success
        // What is uploaded is read by a process of its own each time: there, a part of what passes has to do as well.
        const always = part === 'params' || (passes && endpoint.kind === 'once')
        if (always || (refusedSoFar[turn] ?? 0) % oneIn === 0) yield { ...example, [part]: changed } as Example
        if (!always) refusedSoFar[turn] = (refusedSoFar[turn] ?? 0) + 1
      }
    }
  }
}

test('no well-formed request of anybody, however odd its values, is answered with a fault', async () => {
  const server = await startTestServer()
  onTestFinished(() => server.stop())
  const home = await server.addTenant('home')
  const things = await thingsOf(server, home)
  const met = { passed: 0, refused: 0 }
  for (const [id, endpoint] of everyEndpoint) {
    if (id === 'signOut' || endpoint.kind === 'events') continue
    for (const given of oddRequests(endpoint, examples[id](things))) {
      const { status, text, code } = await ask(home.people.admin, endpoint, given)
      expect({ id, given, status, text: code === undefined && status >= 400 ? text : '' }).toEqual({
        id,
        given,
        status,
        text: '',
      })
      expect({ id, given, code }).not.toMatchObject({ code: 'auth/not-signed-in' })
      met[code === 'http/malformed' ? 'refused' : 'passed']++
    }
  }
  // Neither way of choosing them has run dry.
  expect(met.passed).toBeGreaterThan(1_000)
  expect(met.refused).toBeGreaterThan(500)
}, 1_200_000)
