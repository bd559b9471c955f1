import type { DeviceRow } from '@suture/contract/device-row.ts'
import type { Assurance, DeviceState } from '@suture/contract/states.ts'
import { effective, type Fact, ownFacts } from './fact.ts'

/** The facts that a decision reads, as a device has them. */
export interface Context {
  readonly exposure: NonNullable<DeviceRow['exposure']>
  readonly criticality: NonNullable<DeviceRow['criticality']>
  readonly safetyRole: NonNullable<DeviceRow['safetyRole']>
  readonly dataSensitivity: NonNullable<DeviceRow['dataSensitivity']>
}

/** What an import may change of a device. */
interface Standing {
  readonly name: string
  readonly serial: string
  readonly manufacturer: string
  readonly model: string
  readonly hardwareRevision: string
  readonly bootloader: string | null
  readonly firmware: string
  readonly firmwareAssurance: Assurance
  readonly site: string | null
  readonly area: string | null
  readonly zone: string | null
  readonly context: Context
  readonly isRig: boolean
}

/** A device that is known already, with the facts that an import is compared with. */
export interface Known extends Standing {
  readonly id: number
  readonly uid: string
  readonly siteId: number | null
  readonly billId: number
  readonly state: DeviceState
  readonly controllerId: string | null
  /** SHA-256 of its secret, in hex. */
  readonly tokenHash: string | null
  readonly identity: DeviceRow['identity'] | null
  /** All that anybody said of it. */
  readonly facts: readonly Fact[]
}

/** What one row comes to. */
export interface Planned {
  readonly row: DeviceRow
  readonly known: Known | undefined
  readonly outcome: 'created' | 'changed' | 'unchanged'
  readonly fields: readonly string[]
  readonly facts: readonly Fact[]
  readonly next: Standing
}

/** Where the facts of an import come from. */
const source = 'import'

const unknownContext: Context = {
  exposure: 'unknown',
  criticality: 'unknown',
  safetyRole: 'unknown',
  dataSensitivity: 'unknown',
}

const factNames = [
  'name',
  'serial',
  'manufacturer',
  'model',
  'type',
  'hardwareRevision',
  'bootloader',
  'firmware',
  'site',
  'area',
  'zone',
  'owner',
  'criticality',
  'exposure',
  'safetyRole',
  'dataSensitivity',
  'supportEnd',
] as const satisfies readonly (keyof DeviceRow)[]

function newFacts(row: DeviceRow, known: Known | undefined, at: Date): readonly Fact[] {
  const said = new Map(known?.facts.filter((fact) => fact.source === source).map(({ name, value }) => [name, value]))
  return factNames.flatMap((name): Fact[] => {
    const value = row[name]
    return value === undefined || said.get(name) === value ? [] : [{ name, value, source, assurance: 'claimed', at }]
  })
}

const isOwn = ({ name }: Fact): boolean => (ownFacts as readonly string[]).includes(name)

/** What is believed of the device's own facts once the import is in. */
function ownOf(row: DeviceRow, known: Known | undefined, facts: readonly Fact[]) {
  const replaced = new Set(facts.map(({ name }) => name))
  const others =
    known?.facts.filter((fact) => isOwn(fact) && !(fact.source === source && replaced.has(fact.name))) ?? []
  const believed = effective([...others, ...facts.filter(isOwn)])
  const firmware = believed.get('firmware')
  return {
    hardwareRevision: believed.get('hardwareRevision')?.value ?? row.hardwareRevision,
    bootloader: believed.get('bootloader')?.value ?? null,
    firmware: firmware?.value ?? row.firmware,
    firmwareAssurance: firmware?.assurance ?? 'claimed',
  } as const
}

/** A device that registered itself is called by its controller id until somebody says what it is. */
const nameOf = (row: DeviceRow, known: Known | undefined): string =>
  row.name ?? (known && known.state !== 'quarantined' ? known.name : row.serial)

const sameIdentity = (a: DeviceRow['identity'], b: Known['identity']): boolean =>
  a?.protocol === b?.protocol && a?.host === b?.host && a?.port === b?.port && a?.path === b?.path

function otherFields(row: DeviceRow, known: Known | undefined, tokenHash: string | undefined): readonly string[] {
  return [
    ...(row.controllerId !== undefined && row.controllerId !== known?.controllerId ? ['controllerId'] : []),
    ...(tokenHash !== undefined && tokenHash !== known?.tokenHash ? ['token'] : []),
    ...(row.identity !== undefined && !sameIdentity(row.identity, known?.identity ?? null) ? ['identity'] : []),
    ...(row.rig !== undefined && row.rig !== (known?.isRig ?? false) ? ['rig'] : []),
    ...(known?.state === 'quarantined' ? ['state'] : []),
  ]
}

/** What a row comes to: what the operator leaves out stays as it was, and what was read back outlives what they claim. */
export function planRow(row: DeviceRow, known: Known | undefined, tokenHash: string | undefined, at: Date): Planned {
  const facts = newFacts(row, known, at)
  const fields = [...facts.map(({ name }) => name), ...otherFields(row, known, tokenHash)]
  const before = known?.context ?? unknownContext
  const next: Standing = {
    ...ownOf(row, known, facts),
    name: nameOf(row, known),
    serial: row.serial,
    manufacturer: row.manufacturer,
    model: row.model,
    site: row.site ?? known?.site ?? null,
    area: row.area ?? known?.area ?? null,
    zone: row.zone ?? known?.zone ?? null,
    context: {
      exposure: row.exposure ?? before.exposure,
      criticality: row.criticality ?? before.criticality,
      safetyRole: row.safetyRole ?? before.safetyRole,
      dataSensitivity: row.dataSensitivity ?? before.dataSensitivity,
    },
    isRig: row.rig ?? known?.isRig ?? false,
  }
  const outcome = !known ? 'created' : fields.length === 0 ? 'unchanged' : 'changed'
  return { row, known, outcome, fields, facts, next }
}
