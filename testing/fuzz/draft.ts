import type { Chance } from './chance.ts'

/** A device that requests are made up for. */
export interface Target {
  readonly controllerId: string
  readonly token: string
  /** An action that is open for it, if there is one. */
  readonly action: number | undefined
  /** Nobody who shows its secret ever says anything about it, so that nothing about it may change. */
  readonly isForeign: boolean
}

/** What requests are made up of. */
export interface Ground {
  readonly host: string
  readonly tenant: string
  readonly targets: readonly Target[]
  readonly fileName: string
  readonly gateway: string
}

/** A request before it is bytes. */
export interface Draft {
  method: string
  path: string
  headers: [string, string][]
  /** What the body says, and its bytes. */
  value: unknown
  body: Buffer | undefined
}

/** What a device says about an action. */
export const feedback = {
  id: '1',
  time: '20260101T000000',
  timestamp: 1_700_000_000_000,
  status: {
    execution: 'proceeding',
    result: { finished: 'none', progress: { cnt: 1, of: 2 } },
    code: 200,
    details: ['one', 'two'],
  },
}
const configData = { mode: 'merge', data: { firmware: '1.2.3', hwRevision: 'A', serial: 'X', kernel: '6.1' } }

/** A request as a device would send it. */
export function wellFormed(chance: Chance, { tenant, fileName }: Ground, target: Target): Draft {
  const base = `/${tenant}/controller/v1/${target.controllerId}`
  const action = target.action ?? chance.below(100)
  const draft = (method: string, path: string, value?: object): Draft => ({
    method,
    path: base + path,
    headers: [
      ['authorization', `TargetToken ${target.token}`],
      ...(value ? [['content-type', 'application/json'] as [string, string]] : []),
    ],
    value,
    body: value && Buffer.from(JSON.stringify(value)),
  })
  const file = `/softwaremodules/${action}/artifacts/${fileName}`
  return chance.pick([
    () => draft('GET', ''),
    () => draft('PUT', '/configData', configData),
    () => draft('GET', `/deploymentBase/${action}`),
    () => draft('POST', `/deploymentBase/${action}/feedback`, feedback),
    () => draft('POST', `/deploymentBase/${action}/feedback`, feedback),
    () => draft('GET', `/cancelAction/${action}`),
    () => draft('POST', `/cancelAction/${action}/feedback`, feedback),
    () => draft(chance.pick(['GET', 'HEAD']), file),
    () =>
      draft(
        'GET',
        chance.pick([
          `${file}.MD5SUM`,
          `/installedBase/${action}`,
          `/confirmationBase/${action}`,
          `/softwaremodules/${action}/artifacts`,
          '/configData',
          '/deploymentBase/',
        ]),
      ),
  ])()
}
