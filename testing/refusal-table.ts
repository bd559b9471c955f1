import { call } from '@suture/contract/client.ts'
import { createRollout } from '@suture/contract/deployment.ts'
import { sbomBytes } from '@suture/contract/limits.ts'
import { newSigningKey } from '@suture/trust/keys.ts'
import { product, versions } from './published-release.ts'
import { type Refused, unannounced } from './refusal-scene.ts'

const megabyte = 1_000_000
const million = `${'['.repeat(1_000_000)}${']'.repeat(1_000_000)}`
const image = new Uint8Array(Buffer.alloc(40_000, 'firmware'))
const usual = { ...product, type: 'door lock', hardwareRevision: 'A', firmware: versions.before }
const listed = (serial: string) => ({ ...usual, serial })
const importing = (...devices: object[]) => ({ body: JSON.stringify({ devices }) })
const wholeSbom = JSON.stringify({
  ...{ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1 },
  components: [{ type: 'library', name: 'openssl', version: '1.1.1' }],
})
const word = (execution: string, finished = 'none') =>
  JSON.stringify({ id: '1', timestamp: 1_700_000_000_000, status: { execution, result: { finished }, details: [] } })
const stranger = { base: '', headers: { authorization: `Bearer sut_${'x'.repeat(43)}` } }
const nobody = `TargetToken ${'0'.repeat(32)}`

const documents: Refused[] = [
  {
    what: 'a list of devices of which two have one serial',
    prepare: (s) => () =>
      s.ask(s.people.operator, 'devices/import', importing(listed('X-1'), listed('X-2'), listed('X-1'))),
    ...{ status: 422, code: 'inventory/rows-refused', names: /"row":3,"field":"[^"]*serial"/ },
  },
  {
    what: 'a device let in under the serial of another one',
    prepare: async (s) => {
      const id = await s.quarantined('stranger')
      const body = JSON.stringify({ site: 'Works', serial: s.over.about.serial })
      return () => s.ask(s.people.operator, `devices/${id}/admit`, { body })
    },
    ...{ status: 409, code: 'inventory/serial-taken' },
  },
  {
    what: 'CSV where the API takes JSON',
    prepare: (s) => () => s.ask(s.people.operator, 'devices/import', { type: 'text/csv', body: 'serial,"model\nX-1' }),
    ...{ status: 415, code: 'http/media-type', names: /"mediaType":"application\/json"/ },
  },
  {
    what: 'half a JSON document',
    prepare: (s) => () =>
      s.ask(s.people.operator, 'devices/import', { body: importing(listed('X-1')).body.slice(0, -9) }),
    ...{ status: 400, code: 'http/malformed' },
  },
  {
    what: 'JSON nested a million times',
    prepare: (s) => () => s.ask(s.people.operator, 'devices/import', { body: `{"devices":${million}}` }),
    ...{ status: 400, code: 'http/too-deep' },
  },
  {
    what: 'an SBOM of 50 MB',
    prepare: (s) => () => s.sbom(new Uint8Array(50 * megabyte).fill(32)),
    ...{ status: 413, code: 'http/too-large', names: new RegExp(`"limitBytes":${sbomBytes}`) },
  },
  {
    what: 'an SBOM of 50 MB that does not say how large it is',
    prepare: (s) => () => s.sbom(unannounced(50 * megabyte)),
    ...{ status: 413, code: 'http/too-large', names: new RegExp(`"limitBytes":${sbomBytes}`) },
  },
  {
    what: 'an SBOM of a model that nobody knows',
    prepare: (s) => () => s.sbom(wholeSbom, 'Nothing'),
    ...{ status: 404, code: 'inventory/model-unknown' },
  },
]

const artifacts: Refused[] = [
  {
    what: 'an artifact that nobody signed',
    prepare: (s) => () => s.upload(image),
    ...{ status: 422, code: 'releases/unsigned' },
  },
  {
    what: 'an artifact that a stranger signed',
    prepare: (s) => () => s.upload(image, s.signature(image, newSigningKey())),
    ...{ status: 422, code: 'releases/signature-wrong' },
  },
  {
    what: 'an artifact that was cut short',
    prepare: (s) => () => s.upload(image.slice(0, -1), s.signature(image)),
    ...{ status: 422, code: 'releases/signature-wrong' },
  },
  {
    what: 'an artifact whose signature was cut short',
    prepare: (s) => () => s.upload(image, s.signature(image).slice(0, 40)),
    ...{ status: 422, code: 'releases/signature-malformed' },
  },
]

const callers: Refused[] = [
  {
    what: 'a request with a token that is none',
    prepare: (s) => () => s.ask(stranger, 'devices/import', importing(listed('X-1'))),
    ...{ status: 401, code: 'auth/not-signed-in' },
  },
  {
    what: 'a request of somebody who may only look',
    prepare: (s) => () => s.ask(s.people.viewer, 'devices/import', importing(listed('X-1'))),
    ...{ status: 403, code: 'auth/not-permitted', names: /"permission":"inventory:write"/ },
  },
  {
    what: 'a look at a device that does not exist',
    prepare: (s) => () => s.ask(s.people.viewer, `devices/${crypto.randomUUID()}`, { method: 'GET' }),
    ...{ status: 404, code: 'inventory/device-unknown' },
  },
  {
    what: 'a look at a device by something that is no id',
    prepare: (s) => () => s.ask(s.people.viewer, 'devices/nonsense', { method: 'GET' }),
    ...{ status: 400, code: 'http/malformed', names: /"field":"\/id"/ },
  },
]

const devices: Refused[] = [
  {
    what: 'a poll under a controller id that does not exist',
    prepare:
      ({ over }) =>
      () =>
        over.request(`${over.base}-none`),
    ...{ status: 401, code: '' },
  },
  {
    what: 'a poll with a wrong token',
    prepare:
      ({ over }) =>
      () =>
        over.request(over.base, {}, nobody),
    ...{ status: 401, code: '' },
  },
  {
    what: 'a word under a wrong token',
    prepare: async (s) => {
      const action = await s.actionOf(s.underWay)
      return () => s.tell(s.underWay, action, word('closed', 'failure'), nobody)
    },
    ...{ status: 401, code: '' },
  },
  {
    what: 'a word about another device’s job',
    prepare: async (s) => {
      const action = await s.actionOf(s.underWay)
      return () => s.tell(s.over, action, word('closed', 'failure'))
    },
    ...{ status: 404, code: '' },
  },
  {
    what: 'a word about a job that is over',
    prepare: async (s) => {
      const action = await s.actionOf(s.over)
      return () => s.tell(s.over, action, word('closed', 'failure'))
    },
    ...{ status: 410, code: '' },
  },
  {
    what: 'a word that is none, nested beyond measure',
    prepare: async (s) => {
      const action = await s.actionOf(s.underWay)
      return () => s.tell(s.underWay, action, `{"status":${'['.repeat(30_000)}${']'.repeat(30_000)}}`)
    },
    ...{ status: 400, code: 'http/too-deep' },
  },
  {
    what: 'a word that arrives a second time, which is answered as the first was',
    prepare: async (s) => {
      const action = await s.actionOf(s.underWay)
      await s.tell(s.underWay, action, word('download'))
      return () => s.tell(s.underWay, action, word('download'))
    },
    ...{ status: 200, code: '' },
    spared: [{ table: 'deployment_job', column: 'last_word_at', why: 'a word is a sign of life, however old it is' }],
  },
]

const plans: Refused[] = [
  {
    what: 'a second approval by the same person',
    prepare: async (s) => {
      const made = await s.rollouts.create()
      await s.rollouts.approve(made, 'approver')
      const body = JSON.stringify(s.rollouts.approval(made.planDigest, newSigningKey()))
      return () => s.ask(s.people.approver, `rollouts/${made.id}/approvals`, { body })
    },
    ...{ status: 409, code: 'deployment/already-approved' },
  },
  {
    what: 'an approval by whoever made the plan',
    prepare: async (s) => {
      const made = await call(s.people.admin, createRollout, { body: s.rollouts.plan() })
      const body = JSON.stringify(s.rollouts.approval(made.planDigest, s.rollouts.keys.admin))
      return () => s.ask(s.people.admin, `rollouts/${made.id}/approvals`, { body })
    },
    ...{ status: 403, code: 'deployment/own-plan' },
  },
  {
    what: 'the start of a plan that one person approved',
    prepare: async (s) => {
      const made = await s.rollouts.create()
      await s.rollouts.approve(made, 'approver')
      return () => s.ask(s.people.operator, `rollouts/${made.id}/start`)
    },
    ...{ status: 409, code: 'deployment/not-signed' },
  },
  {
    what: 'the start of a plan that was edited after its two approvals',
    prepare: async (s) => {
      const { id } = await s.rollouts.signed()
      await s.editPlan(id)
      return () => s.ask(s.people.operator, `rollouts/${id}/start`)
    },
    ...{ status: 409, code: 'deployment/not-signed' },
  },
  {
    what: 'the second approval of a plan that was edited after the first',
    prepare: async (s) => {
      const made = await s.rollouts.create()
      await s.rollouts.approve(made, 'approver')
      await s.editPlan(made.id)
      const body = JSON.stringify(s.rollouts.approval(made.planDigest, s.rollouts.keys.admin))
      return () => s.ask(s.people.admin, `rollouts/${made.id}/approvals`, { body })
    },
    ...{ status: 422, code: 'deployment/signature-wrong' },
  },
  {
    what: 'an edit of a plan through the API, which has none',
    prepare: async (s) => {
      const { id } = await s.rollouts.create()
      return () =>
        s.ask(s.people.operator, `rollouts/${id}`, { method: 'PATCH', body: JSON.stringify(s.rollouts.plan()) })
    },
    ...{ status: 404, code: 'http/no-such-endpoint' },
  },
]

/** What is refused, one thing a row: how it is provoked, and what is answered. */
export const refused: readonly Refused[] = [...documents, ...artifacts, ...callers, ...devices, ...plans]
