/** Which sites somebody may see: all of them, or the numbered ones. */
export type Sites = 'all' | readonly number[]

/** The sites that both may see. */
export const meet = (a: Sites, b: Sites): Sites =>
  a === 'all' ? b : b === 'all' ? a : a.filter((site) => b.includes(site))

/** The sites that are asked for and not held, in words. */
export const beyond = (asked: Sites, held: Sites): string[] => {
  if (held === 'all') return []
  if (asked === 'all') return ['all sites']
  return asked.filter((site) => !held.includes(site)).map((site) => `site ${site}`)
}

/** Sites as they are stored: null stands for all of them. */
export const sitesOf = (siteIds: readonly number[] | null): 'all' | number[] =>
  siteIds === null ? 'all' : [...siteIds]

/** How sites are stored. */
export const siteIdsOf = (sites: Sites): readonly number[] | null => (sites === 'all' ? null : sites)
