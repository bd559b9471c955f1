import { createToken } from '@suture/contract/auth.ts'
import { call, see } from '@suture/contract/client.ts'
import { createSite } from '@suture/contract/inventory.ts'
import { listEvents } from '@suture/contract/platform.ts'
import * as contract from '@suture/contract/profiles.ts'
import { outcome, startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'

let server: TestServer
let tenant: TestTenant
let no = 0

beforeAll(async () => {
  server = await startTestServer()
})
beforeEach(async () => {
  tenant = await server.addTenant(`plant-${++no}`)
})
afterAll(() => server.stop())

const now = () => call(tenant.people.viewer, contract.getPlanDefaults, {})
const choose = (profile: contract.ProfileName) =>
  call(tenant.people.admin, contract.chooseProfile, { body: { profile }, ifMatch: '*' })
const recorded = async () =>
  (await call(tenant.people.admin, listEvents, { query: { limit: 50 } })).items.filter(({ kind }) =>
    /^(profile|plan-defaults)\./.test(kind),
  )

test('plans begin as they always did until somebody chooses a profile, and then from exactly what it says that it sets', async () => {
  expect(await now()).toEqual({ ...contract.firstDefaults, profile: null, setBy: null, setAt: null })
  const { items } = await call(tenant.people.viewer, contract.listProfiles, {})
  expect(items.map(({ profile }) => profile)).toEqual(contract.profileNames)
  for (const { profile, sets } of items) {
    expect(await choose(profile)).toMatchObject({ ...sets, profile })
    expect(await now()).toMatchObject({ ...sets, profile, setBy: expect.any(String), setAt: expect.any(Date) })
  }
  expect((await recorded()).map(({ kind, subject, detail }) => ({ kind, subject, detail }))).toEqual(
    items
      .map(({ profile, sets }) => ({ kind: 'profile.chosen', subject: profile, detail: { profile, ...sets } }))
      .toReversed(),
  )
})

test('a part is changed alone, is no profile’s any more, and what changes nothing is not recorded', async () => {
  await choose('hospital')
  const change = (body: Partial<contract.PlanDefaults>) =>
    outcome(tenant.people.admin, contract.changePlanDefaults, { body, ifMatch: '*' })
  const { sets } = contract.profiles.hospital
  expect(await change({ hours: sets.hours })).toMatchObject({ reply: { profile: 'hospital' } })
  expect(await change({ hours: 12 })).toMatchObject({ reply: { ...sets, hours: 12, profile: null } })
  expect((await recorded()).map(({ kind }) => kind)).toEqual(['plan-defaults.changed', 'profile.chosen'])
  for (const odd of [{ hours: 0 }, {}]) expect(await change(odd)).toMatchObject({ code: 'http/malformed' })
})

test('only an admin who sees every site chooses, and only on top of what they saw', async () => {
  const seen = (await see(tenant.people.admin, contract.getPlanDefaults, {})).etag
  const tried = (who: keyof TestTenant['people'], profile: contract.ProfileName, ifMatch: string) =>
    outcome(tenant.people[who], contract.chooseProfile, { body: { profile }, ifMatch })
  for (const who of ['operator', 'approver', 'auditor'] as const)
    expect(await tried(who, 'plant', '*')).toMatchObject({ code: 'auth/not-permitted' })
  expect(await tried('admin', 'plant', seen)).toMatchObject({ reply: { profile: 'plant' } })
  expect(await tried('admin', 'hospital', seen)).toMatchObject({ code: 'http/changed-meanwhile' })
  expect((await now()).profile).toBe('plant')
})

test('of a choice and a change at the same moment one is made to what was not seen, and refused', async () => {
  const { admin } = tenant.people
  const { etag: ifMatch } = await see(admin, contract.getPlanDefaults, {})
  const both = await Promise.all([
    outcome(admin, contract.chooseProfile, { body: { profile: 'hospital' }, ifMatch }),
    outcome(admin, contract.changePlanDefaults, { body: { hours: 12 }, ifMatch }),
  ])
  expect(both.filter((each) => 'code' in each)).toEqual([{ status: 412, code: 'http/changed-meanwhile' }])
  expect(await recorded()).toHaveLength(1)
})

test('whoever is kept from some sites chooses for none', async () => {
  const { id } = await call(tenant.people.admin, createSite, { body: { name: 'Hall' } })
  const { secret } = await call(tenant.people.admin, createToken, {
    body: { name: 'one site', permissions: ['deployment:set-defaults'], sites: [id] },
  })
  const limited = { base: server.base, headers: { authorization: `Bearer ${secret}` } }
  expect(await outcome(limited, contract.chooseProfile, { body: { profile: 'plant' }, ifMatch: '*' })).toMatchObject({
    code: 'auth/all-sites-needed',
  })
  expect((await now()).profile).toBeNull()
})

test('another tenant chooses for itself', async () => {
  await choose('plant')
  const other = await server.addTenant('elsewhere')
  expect(await call(other.people.admin, contract.getPlanDefaults, {})).toMatchObject({ profile: null, preset: 'usual' })
})
