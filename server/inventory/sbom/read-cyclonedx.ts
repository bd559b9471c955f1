/** Runs in the sandbox alone: reads CycloneDX JSON. */
import { hash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { Ajv, type AnySchemaObject, type ErrorObject, type ValidateFunction } from 'ajv'
import type { DataValidateFunction } from 'ajv/dist/types/index.js'
import formats from 'ajv-formats'
import { TooLarge } from '#platform/sandbox/too-large.ts'
import { mostComponents } from './limits.ts'
import type { Sbom, SbomComponent } from './sbom.ts'

/** A component of the standard, of which the schema has been checked. */
interface Listed {
  readonly type: string
  readonly name: string
  readonly version?: string
  readonly group?: string
  readonly purl?: string
  readonly cpe?: string
  readonly publisher?: string
  readonly supplier?: { readonly name?: string }
  readonly manufacturer?: { readonly name?: string }
  readonly components?: readonly Listed[]
}

interface Document {
  readonly bomFormat?: unknown
  readonly specVersion?: unknown
  readonly serialNumber?: string
  readonly metadata?: { readonly component?: Listed }
  readonly components?: readonly Listed[]
}

const versions = ['1.4', '1.5', '1.6'] as const

/**
 * One of the schemas that come with the CycloneDX library, of which only these files are used. Each reference in it is made
 * one that is followed when a document comes to it: most documents use a small part of the standard.
 */
function schemaFile(name: string): AnySchemaObject {
  const $id = `http://cyclonedx.org/schema/${name}.SNAPSHOT.schema.json`
  const library = import.meta.resolve('@cyclonedx/cyclonedx-library/package.json')
  const text = readFileSync(new URL(`res/schema/${name}.SNAPSHOT.schema.json`, library), 'utf8')
  const schema = JSON.parse(text, (_key, each) => {
    if (typeof each?.$ref !== 'string') return each
    const { $ref, ...rest } = each
    return { ...rest, refWhenReached: new URL($ref, $id).href }
  })
  return { ...schema, $id }
}

/** Applies the schema that a reference leads to, and compiles it the first time. */
const followed =
  (ajv: Ajv) =>
  (reference: string): DataValidateFunction => {
    const check: DataValidateFunction = (data, at) => {
      const validate = ajv.getSchema(reference)
      if (!validate) throw new Error(`The schema has no ${reference}`)
      const isValid = validate(data, at)
      check.errors = validate.errors ?? []
      return isValid
    }
    return check
  }

/**
 * The check of one version’s schema, strict as the library’s own. That one compares every two components with each
 * other (uniqueItems), which is 25 times the work for 5 times the components; here each is looked at once.
 */
function schemaOf(version: (typeof versions)[number]): ValidateFunction {
  // It is compiled for one document, from schemas that need no check of their own: what matters is how soon it is there.
  const ajv = new Ajv({
    strict: false,
    meta: false,
    validateSchema: false,
    inlineRefs: false,
    code: { optimize: false },
  })
  for (const name of ['spdx', 'cryptography-defs', 'jsf-0.82']) ajv.addSchema(schemaFile(name))
  formats.default(ajv)
  ajv.addFormat('iri-reference', true)
  ajv.addFormat('idn-email', /^[^\s@]{1,64}@[^\s@]{1,255}$/u)
  ajv.removeKeyword('uniqueItems')
  ajv.addKeyword({ keyword: 'uniqueItems', type: 'array', schemaType: 'boolean', validate: areUnique })
  ajv.addKeyword({ keyword: 'refWhenReached', schemaType: 'string', compile: followed(ajv) })
  return ajv.compile(schemaFile(`bom-${version}`))
}

/** JSON Schema draft 7 section 6.4.5: no two items are equal, whatever the order of their fields. */
const areUnique = (wanted: boolean, items: readonly unknown[]): boolean =>
  !wanted ||
  items.length < 2 ||
  new Set(items.map((item) => hash('sha256', inOrder(item), 'base64'))).size === items.length

const inOrder = (value: unknown): string =>
  JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  )

/** Without the fields that say nothing. */
const filled = <T extends object>(fields: T): { [K in keyof T]: Exclude<T[K], undefined> } =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined && value !== '')) as never

const keep = ({ type, name, version, group, purl, cpe, publisher, supplier, manufacturer }: Listed): SbomComponent =>
  filled({ type, name, version, supplier: supplier?.name ?? manufacturer?.name ?? publisher, group, purl, cpe })

/** Every component, the nested ones after the one that holds them. */
function flatten(listed: readonly Listed[], into: SbomComponent[] = []): SbomComponent[] {
  for (const each of listed) {
    if (into.length >= mostComponents) throw new TooLarge(`The SBOM lists more than ${mostComponents} components`)
    into.push(keep(each))
    flatten(each.components ?? [], into)
  }
  return into
}

const inWords = ([first]: readonly ErrorObject[]): string => `${first?.instancePath || '/'} ${first?.message}`

/**
 * Reads a CycloneDX JSON document (ECMA-424) of version 1.4, 1.5 or 1.6, strictly by its schema.
 * What the document is about is no component of itself, but what is nested in it is.
 */
export function read(bytes: Buffer): Sbom {
  const document = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)) as Document | null
  if (document?.bomFormat !== 'CycloneDX') throw new Error('The document does not call itself CycloneDX in `bomFormat`')
  const specVersion = versions.find((each) => each === document.specVersion)
  if (specVersion === undefined) throw new Error('CycloneDX is read in the versions 1.4, 1.5 and 1.6')
  const validate = schemaOf(specVersion)
  if (!validate(document))
    throw new Error(`The document breaks the schema of CycloneDX ${specVersion}: ${inWords(validate.errors ?? [])}`)
  const { serialNumber, metadata, components = [] } = document
  const listed = [...(metadata?.component?.components ?? []), ...components]
  // It would take the place of a bill that says something.
  if (listed.length === 0) throw new Error('The SBOM lists no component: it does not say what the firmware is made of')
  return { specVersion, sha256: hash('sha256', bytes, 'hex'), ...filled({ serialNumber }), components: flatten(listed) }
}
