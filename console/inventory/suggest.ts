import type { Reply } from '@suture/contract/client.ts'
import { type DeviceField, deviceFields } from '@suture/contract/device-fields.ts'
import type { listDeviceValues } from '@suture/contract/devices.ts'
import type { Permission } from '@suture/contract/permissions.ts'
import type { Field } from '@suture/contract/query/field.ts'
import { writtenValue } from '@suture/contract/query/print.ts'

/** What may be written on. */
export interface Suggestion {
  /** What takes the place of what was begun. */
  readonly by: string
  readonly note: string
  /** On how many devices. */
  readonly devices?: number
}

export interface SuggestionGroup {
  readonly title: string
  readonly items: readonly Suggestion[]
}

const fieldNames = Object.keys(deviceFields) as DeviceField[]
export const fieldOf = (name: DeviceField): Field => deviceFields[name]

/** The field that a name means, of those that the caller may ask for. */
export const fieldCalled = (name: string, may: (permission: Permission) => boolean): DeviceField | undefined =>
  fieldNames.find((each) => {
    const { also = [], may: needed } = fieldOf(each)
    return (
      [each, ...also].some((one) => one.toLowerCase() === name.toLowerCase()) && (needed === undefined || may(needed))
    )
  })

/** What usually follows the name of a field. */
const follows = ({ kind }: Field): string => (kind === 'time' || kind === 'count' ? '<' : ':')

/** The fields whose names or meanings hold what was begun, those that begin so first. */
export function fieldsLike(starts: string, may: (permission: Permission) => boolean): readonly Suggestion[] {
  const sought = starts.toLowerCase()
  const rank = (name: DeviceField) => {
    const { also = [], means } = fieldOf(name)
    if (name.startsWith(sought)) return 0
    if (also.some((each) => each.toLowerCase().startsWith(sought))) return 1
    return means.toLowerCase().includes(sought) ? 2 : 3
  }
  return fieldNames
    .filter((name) => name !== 'text' && name !== 'view' && rank(name) < 3 && fieldCalled(name, may) !== undefined)
    .sort((a, b) => rank(a) - rank(b))
    .slice(0, 8)
    .map((name) => ({ by: `${name}${follows(fieldOf(name))}`, note: fieldOf(name).means }))
}

/** The values that a field always has, where the server lists none with counts. */
export function fixedValues({ kind, values: all = [] }: Field, starts: string): readonly Suggestion[] {
  const given: Partial<Record<Field['kind'], readonly (readonly [string, string])[]>> = {
    'yes-no': [
      ['yes', ''],
      ['no', ''],
    ],
    time: [
      ['1h', 'an hour'],
      ['1d', 'a day'],
      ['7d', 'a week'],
      ['30d', 'thirty days'],
    ],
    count: [
      ['1', ''],
      ['10', ''],
    ],
  }
  const pairs = given[kind] ?? all.map((each) => [each, ''] as const)
  return pairs.filter(([by]) => by.startsWith(starts.toLowerCase())).map(([by, note]) => ({ by: `${by} `, note }))
}

/** Fields whose values are offered for a word that was begun without any. */
export const guessed = ['vendor', 'model', 'site'] as const satisfies readonly DeviceField[]

type Told = Reply<typeof listDeviceValues>['items']
export const valuesTold = (items: Told | undefined, before = ''): readonly Suggestion[] =>
  (items ?? []).map(({ value, devices }) => ({ by: `${before}${writtenValue(value)} `, note: '', devices }))
