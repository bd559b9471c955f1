import type { ComponentTest, VersionTest } from '@suture/contract/query/field.ts'
import { within } from '@suture/contract/query/pattern.ts'
import { type RawBuilder, sql } from 'kysely'
import { fitsOne, isOneOf, liesIn } from '#platform/database/conditions.ts'
import type { Scoped } from '#platform/database/store.ts'
import { Refusal } from '#platform/refusal.ts'
import type { DeviceCondition, DeviceFieldsSql } from './device-query.queries.ts'
import { isAsAsked, type KeyOfVersion } from './version-test.ts'

/** A text that stands in the row of the device. */
const ownText = (column: string) => ({
  is: ({ patterns }: { patterns: Parameters<typeof fitsOne>[1] }) => fitsOne(sql.ref(`d.${column}`), patterns),
  values: { by: sql.ref(`d.${column}`) },
})

const ownChoice = (column: string) => ({
  is: ({ values }: { values: readonly string[] }) => isOneOf(sql.ref(`d.${column}`), values),
  values: { by: sql.ref(`d.${column}`) },
})

/** A text that stands in a row to which the device points: those rows are few, and are looked through once. */
const pointed = (by: string, table: string, column: string) => ({
  is: ({ patterns }: { patterns: Parameters<typeof fitsOne>[1] }) =>
    sql<boolean>`${sql.ref(by)} in (select id from ${sql.table(table)} where ${fitsOne(sql.ref(column), patterns)})`,
  values: { by: sql.ref(by), from: sql`select id as k, ${sql.ref(column)} as value from ${sql.table(table)}` },
})

const ofContext = (column: string) => ({
  is: ({ values }: { values: readonly string[] }) =>
    sql<boolean>`d.context_id in (select id from inventory_context where ${isOneOf(sql.ref(column), values)})`,
  values: { by: sql`d.context_id`, from: sql`select id as k, ${sql.ref(column)} as value from inventory_context` },
})

/** The versions in a table that a test asks for: their order is not the database's to know. */
async function versionsAsked(
  { db }: Scoped,
  versions: RawBuilder<unknown>,
  test: VersionTest,
  keyOf: KeyOfVersion,
): Promise<readonly string[]> {
  if (test.operator !== '=' && keyOf(test.version) === undefined)
    throw new Refusal('http/bad-query', { problem: `\`${test.version}\` cannot be read as one version` })
  const { rows } = await sql<{ version: string }>`select distinct version from ${versions}`.execute(db)
  const isAsked = isAsAsked(test, keyOf)
  return rows.map(({ version }) => version).filter(isAsked)
}

/** The bills with a component of that name or purl, and of that version. */
async function hasComponent(scoped: Scoped, { name, version }: ComponentTest, keyOf: KeyOfVersion) {
  // A purl ends in its version and qualifiers, unless somebody names them (purl-spec, section 4).
  const named = name[0].toLowerCase().startsWith('pkg:')
    ? fitsOne(sql.ref('c.purl'), [name, [...name.slice(0, -1), `${name.at(-1)}@`, ''] as unknown as typeof name])
    : fitsOne(sql.ref('c.name'), [name])
  const asked = version
    ? await versionsAsked(scoped, sql`inventory_component c where ${named}`, version, keyOf)
    : undefined
  return sql<boolean>`d.bill_id in (
    select x.bill_id from inventory_bill_component x join inventory_component c on c.id = x.component_id
     where ${named} and ${asked ? isOneOf(sql.ref('c.version'), asked) : sql`true`})`
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(text)

type Own = Omit<DeviceFieldsSql, 'cve' | 'kev' | 'findings' | 'due' | 'outcome' | 'rollout' | 'job' | 'updatestatus'>

/**
 * What the fields of the inventory mean.
 * @param keyOf the order of versions, which the next phase knows
 */
export const inventoryFields = (keyOf: KeyOfVersion): Own => ({
  text: {
    is: ({ patterns }) => {
      const parts = patterns.map(within)
      return sql<boolean>`(${fitsOne(sql`d.name`, parts)} or ${fitsOne(sql`d.serial`, parts)})`
    },
  },
  id: {
    // Whole ids are found by their index; a part of one is looked for in all.
    is: ({ patterns }) => {
      const whole = patterns.every(({ length }) => length === 1)
      const ids = patterns.flatMap(([only]) => (isUuid(only) ? [only] : []))
      return whole ? sql<boolean>`d.uid = any(${ids}::uuid[])` : fitsOne(sql`d.uid::text`, patterns)
    },
  },
  name: ownText('name'),
  serial: ownText('serial'),
  controller: {
    is: ({ patterns }) =>
      sql<boolean>`d.id in (select device_id from inventory_device_key
                             where kind = 'controller-id' and ${fitsOne(sql`value`, patterns)})`,
  },
  state: ownChoice('state'),
  vendor: pointed('d.model_id', 'inventory_model', 'manufacturer'),
  model: pointed('d.model_id', 'inventory_model', 'name'),
  type: pointed('d.model_id', 'inventory_model', 'type'),
  hw: ownText('hardware_revision'),
  bootloader: ownText('bootloader'),
  fw: {
    is: async (test, scoped) =>
      isOneOf(sql`d.firmware`, await versionsAsked(scoped, sql`inventory_firmware`, test, keyOf)),
    values: { by: sql`d.firmware` },
  },
  assurance: ownChoice('bill_assurance'),
  site: pointed('d.site_id', 'inventory_site', 'name'),
  area: ownText('area'),
  zone: ownText('zone'),
  rig: {
    is: ({ value }) => sql<boolean>`d.is_rig = ${value}`,
    values: { by: sql`case when d.is_rig then 'yes' else 'no' end` },
  },
  seen: {
    is: (test) => sql<boolean>`d.id in (select device_id from inventory_seen n where ${liesIn(sql`n.at`, test)})`,
  },
  added: { is: (test) => liesIn(sql`d.created_at`, test) },
  exposure: ofContext('exposure'),
  exposed: {
    is: ({ value }) =>
      sql<boolean>`d.context_id in (select id from inventory_context where (exposure = 'exposed') = ${value})`,
  },
  criticality: ofContext('criticality'),
  safety: ofContext('safety_role'),
  data: ofContext('data_sensitivity'),
  component: {
    is: async ({ any }, scoped) => {
      const parts: DeviceCondition[] = []
      for (const each of any) parts.push(await hasComponent(scoped, each, keyOf))
      return sql<boolean>`(${sql.join(parts, sql` or `)})`
    },
    values: {
      by: sql`d.bill_id`,
      from: sql`select distinct x.bill_id as k, c.name as value
                  from inventory_bill_component x join inventory_component c on c.id = x.component_id`,
    },
  },
})
