import type { DeviceRow } from '@suture/contract/device-row.ts'
import type { Known } from './import.ts'

/** What is wrong with one row, and where. */
export interface RowError {
  /** From 1, as the rows were sent. */
  readonly row: number
  /** A JSON pointer into the request (RFC 6901). */
  readonly field: string
  readonly message: string
}

/** What rows are checked against. */
export interface World {
  /** The devices that have one of the serials, or wait in quarantine under one of the controller ids. */
  readonly known: readonly Known[]
  readonly sites: ReadonlySet<string>
  /** Whether the caller may see every site. */
  readonly seesAll: boolean
  /** The type of each model that is known, by `modelKey`. */
  readonly types: ReadonlyMap<string, string>
}

export const modelKey = (manufacturer: string, name: string): string => JSON.stringify([manufacturer, name])

/** The device that each row is about. A quarantined device has no serial of its own yet: its controller id names it. */
export function matchRows(rows: readonly DeviceRow[], known: readonly Known[]): readonly (Known | undefined)[] {
  const bySerial = new Map(known.filter(({ state }) => state !== 'quarantined').map((each) => [each.serial, each]))
  const waiting = new Map(known.filter(({ state }) => state === 'quarantined').map((each) => [each.controllerId, each]))
  return rows.map(
    ({ serial, controllerId }) =>
      bySerial.get(serial) ?? (controllerId === undefined ? undefined : waiting.get(controllerId)),
  )
}

type Complaint = readonly [field: keyof DeviceRow, message: string]

/** For each row, the one before it that has the same value, from 1; undefined for the first of its kind. */
function earlier(values: readonly (string | undefined)[]): readonly (number | undefined)[] {
  const first = new Map<string, number>()
  return values.map((value, at) => {
    if (value === undefined) return undefined
    const seen = first.get(value)
    if (seen === undefined) first.set(value, at + 1)
    return seen
  })
}

function placeOf(row: DeviceRow, known: Known | undefined, { sites, seesAll }: World): readonly Complaint[] {
  if (row.site !== undefined && !sites.has(row.site))
    return [['site', `there is no site ${row.site} that you may see; create it first`]]
  if (row.site === undefined && !known?.site && !seesAll)
    return [['site', 'name one of your sites: you may see no device without one']]
  return []
}

function standingOf(row: DeviceRow, known: Known | undefined, owner: Known | undefined): readonly Complaint[] {
  const isForeign = owner !== undefined && owner !== known
  // What a rig installs, nobody but its lab has approved: a stolen login must not make one of a device in service.
  const isInService = known !== undefined && known.state !== 'quarantined' && !known.isRig
  const hasNone = row.token !== undefined && row.controllerId === undefined && !known?.controllerId
  return [
    ...(known?.state === 'retired' ? [['serial', 'this device is retired'] as const] : []),
    ...(isForeign ? [['controllerId', `the device ${owner.serial} has this controller id`] as const] : []),
    ...(row.rig && isInService
      ? [['rig', 'this device is in service, and no such device becomes a rig'] as const]
      : []),
    ...(hasNone ? [['token', 'a token needs a controllerId to go with it'] as const] : []),
  ]
}

/** Everything that speaks against an import, by row. What is not told here, the form was checked for before. */
export function checkRows(rows: readonly DeviceRow[], world: World): readonly RowError[] {
  const matched = matchRows(rows, world.known)
  const owners = new Map(world.known.map((each) => [each.controllerId, each]))
  const serials = earlier(rows.map(({ serial }) => serial))
  const controllers = earlier(rows.map(({ controllerId }) => controllerId))
  const types = new Map<string, { type: string; row: number }>()
  return rows.flatMap((row, at) => {
    const key = modelKey(row.manufacturer, row.model)
    const said = types.get(key)
    if (!said) types.set(key, { type: row.type, row: at + 1 })
    const before = world.types.get(key) ?? 'unknown'
    const complaints: readonly Complaint[] = [
      ...(serials[at] === undefined ? [] : [['serial', `row ${serials[at]} has the same serial`] as const]),
      ...(controllers[at] === undefined
        ? []
        : [['controllerId', `row ${controllers[at]} has the same controllerId`] as const]),
      ...(said && said.type !== row.type
        ? [['type', `row ${said.row} says that this model is a ${said.type}`] as const]
        : []),
      ...(!world.seesAll && before !== 'unknown' && before !== row.type
        ? [['type', `this model is a ${before} to every site; somebody who sees all sites can change that`] as const]
        : []),
      ...placeOf(row, matched[at], world),
      ...standingOf(row, matched[at], row.controllerId === undefined ? undefined : owners.get(row.controllerId)),
    ]
    return complaints.map(([field, message]) => ({ row: at + 1, field: `/devices/${at}/${field}`, message }))
  })
}
