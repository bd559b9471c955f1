import type { KnowledgeDocument } from '../knowledge.ts'
import { keysOf, productKey } from '../product.ts'

type Product = KnowledgeDocument['products'][number]

/** A product of a document: every key it goes by, and which known product it is, if any. */
export interface Settled {
  readonly key: string
  readonly vendor: string
  readonly name: string
  readonly keys: readonly string[]
  readonly known: number | undefined
}

const keysOfOne = (product: Product): readonly string[] => [...keysOf([product]).keys()]

/** Every key that the products of a document go by. */
export const namesIn = (products: readonly Product[]): readonly string[] => products.flatMap(keysOfOne)

/**
 * Which products of a document are which of those that are known already, by any of their names.
 * @param known the product that each key stands for
 * @returns the keys under which a product would become two known ones, if there are any: nobody could say which it is
 */
export function settle(
  products: readonly Product[],
  known: ReadonlyMap<string, number>,
): { readonly settled: readonly Settled[] } | { readonly disputed: readonly string[] } {
  const settled = products.map((product) => {
    const keys = keysOfOne(product)
    const hits = new Set(keys.flatMap((key) => known.get(key) ?? []))
    return {
      key: productKey(product.vendor, product.product),
      vendor: product.vendor,
      name: product.product,
      keys,
      known: [...hits][0],
      isDisputed: hits.size > 1,
    }
  })
  const claims = Map.groupBy(settled, (each) => each.known)
  const disputed = settled.filter(
    (each) => each.isDisputed || (each.known !== undefined && (claims.get(each.known)?.length ?? 0) > 1),
  )
  return disputed.length > 0 ? { disputed: disputed.map(({ key }) => key) } : { settled }
}
