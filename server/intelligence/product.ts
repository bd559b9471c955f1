/** A name under which a product is known. */
interface ProductName {
  readonly vendor: string
  readonly product: string
}

/** A product, and the other names that sources and devices have for it. */
export interface NamedProduct extends ProductName {
  readonly aliases: readonly ProductName[]
}

const half = (name: string) =>
  name
    // Marks of ownership come and go between two texts of one vendor, and NFKC would make letters of them.
    .replace(/[®™©]/g, '')
    .normalize('NFKC')
    .toLowerCase()
    .normalize('NFKC')
    .replace(/[\p{P}\p{Z}\p{C}]+/gu, '_')
    .replace(/^_|_$/g, '')

/** Whether a name still says something once it is a half of a key. */
export const isName = (name: string) => half(name) !== ''

/**
 * The identity of a product, as `vendor/product`: NFKC, lower case, one `_` for whatever separates. Company suffixes
 * stay, because what is a suffix of one company is the name of another.
 */
export const productKey = (vendor: string, product: string): string => `${half(vendor)}/${half(product)}`

/** The key of each name of the products, own or alias, to the product's own key. */
export const keysOf = (products: readonly NamedProduct[]): ReadonlyMap<string, string> =>
  new Map(
    products.flatMap(({ vendor, product, aliases }) =>
      [{ vendor, product }, ...aliases].map((each): [string, string] => [
        productKey(each.vendor, each.product),
        productKey(vendor, product),
      ]),
    ),
  )

/** The names that more than one of the products claims, as keys: nobody could say whose they are. */
export function disputedNames(products: readonly NamedProduct[]): readonly string[] {
  const claimed = new Set<string>()
  const disputed = new Set<string>()
  for (const each of products)
    for (const key of keysOf([each]).keys()) {
      if (claimed.has(key)) disputed.add(key)
      claimed.add(key)
    }
  return [...disputed]
}
