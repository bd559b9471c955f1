import { productKey } from '../product.ts'
import { isUnreadable, versionKey } from '../versions/generic.ts'

interface Named {
  readonly supplier: string
  readonly name: string
  readonly version: string
  readonly cpe: string | null
}

/** Vendor and product of a CPE 2.3 name (NISTIR 7695 section 6.2); undefined when either is a wildcard. */
function ofCpe(cpe: string): string | undefined {
  const [scheme, version, , vendor = '*', product = '*'] = cpe.split(/(?<!\\):/)
  const isWild = (part: string) => /^[*-]?$/.test(part)
  if (scheme !== 'cpe' || version !== '2.3' || isWild(vendor) || isWild(product)) return undefined
  const plain = (part: string) => part.replaceAll(/\\(.)/g, '$1')
  return productKey(plain(vendor), plain(product))
}

/** The keys that a component may be recognised by, and the bytes that order its version. */
export function identityOf({ supplier, name, version, cpe }: Named) {
  const key = versionKey(version)
  return {
    nameKey: productKey(supplier, name),
    cpeKey: (cpe === null ? undefined : ofCpe(cpe)) ?? null,
    versionKey: isUnreadable(key) ? null : Buffer.from(key),
  }
}
