import type { Fields } from './query/field.ts'
import { decisionOutcomes } from './risk.ts'
import {
  assurances,
  criticalities,
  dataSensitivities,
  deviceStates,
  exposures,
  jobStates,
  safetyRoles,
} from './states.ts'

/** hawkBit's words for what becomes of an update, which its users' scripts ask for. */
export const updateStatuses = ['unknown', 'registered', 'pending', 'in_sync', 'error'] as const

/** What devices can be asked for, in the API, in the command line and in the console alike. */
export const deviceFields = {
  text: { kind: 'text', means: 'A part of its name or of its serial' },
  view: { kind: 'text', means: 'A query that was kept, as in @name' },
  id: { kind: 'text', means: 'Its id' },
  name: { kind: 'text', means: 'Its name' },
  serial: { kind: 'text', means: 'Its serial' },
  controller: { kind: 'text', means: 'How it names itself to a server', also: ['controllerId'] },
  state: { kind: 'choice', means: 'Its state', values: deviceStates },
  vendor: { kind: 'text', means: 'Its manufacturer', also: ['manufacturer'] },
  model: { kind: 'text', means: 'Its model' },
  type: { kind: 'text', means: 'What it is' },
  hw: { kind: 'text', means: 'Its hardware revision', also: ['revision', 'hardwareRevision'] },
  bootloader: { kind: 'text', means: 'Its bootloader' },
  fw: { kind: 'version', means: 'Its firmware version', also: ['firmware', 'version'] },
  assurance: { kind: 'choice', means: 'How its firmware is known', values: assurances, also: ['trust'] },
  site: { kind: 'text', means: 'Its site' },
  area: { kind: 'text', means: 'Its area within the site' },
  zone: { kind: 'text', means: 'Its zone within the area' },
  rig: { kind: 'yes-no', means: 'Whether it is a lab device' },
  seen: { kind: 'time', means: 'When it was last heard', counts: 'ago', also: ['lastSeen'] },
  added: { kind: 'time', means: 'When it became known', counts: 'ago', also: ['createdAt'] },
  exposure: { kind: 'choice', means: 'From where it can be reached', values: exposures },
  exposed: { kind: 'yes-no', means: 'Whether it can be reached from the internet' },
  criticality: { kind: 'choice', means: 'How critical it is', values: criticalities },
  safety: { kind: 'choice', means: 'Its safety role', values: safetyRoles, also: ['safetyRole'] },
  data: { kind: 'choice', means: 'How sensitive its data are', values: dataSensitivities, also: ['dataSensitivity'] },
  component: { kind: 'component', means: 'A component of the bill that it runs', also: ['sbom'] },
  cve: { kind: 'text', means: 'A vulnerability that it has', also: ['finding.cve', 'vulnerability'], may: 'risk:read' },
  kev: { kind: 'yes-no', means: 'Whether it has a vulnerability that is exploited', may: 'risk:read' },
  findings: { kind: 'count', means: 'How many findings it has', may: 'risk:read' },
  due: { kind: 'time', means: 'When its first finding is due', counts: 'ahead', may: 'risk:read' },
  outcome: {
    kind: 'choice',
    means: 'The most urgent decision about it',
    values: decisionOutcomes,
    also: ['decision'],
    may: 'risk:read',
  },
  rollout: { kind: 'text', means: 'The rollout of its newest job', may: 'deployment:read' },
  job: {
    kind: 'choice',
    means: 'The state of its newest job',
    values: jobStates,
    also: ['job.state'],
    may: 'deployment:read',
  },
  updatestatus: {
    kind: 'choice',
    means: 'What hawkBit would say of its newest update',
    values: updateStatuses,
    may: 'deployment:read',
  },
} as const satisfies Fields

export type DeviceField = keyof typeof deviceFields
