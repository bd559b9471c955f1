/** A release that is published for a device. */
interface Published {
  readonly id: string
  readonly name: string
  readonly version: string
}

/** The published release that counts for a device, and how its version stands to the one that the device runs. */
export interface Offer {
  readonly release: Published
  readonly standing: 'later' | 'not-later' | 'incomparable'
}

/** Bytes in the order of versions; nothing for what is not one version. */
type KeyOf = (version: string) => Uint8Array | undefined

/**
 * The highest version later than the one that a device runs. Where there is none, the release published last: it may be
 * later all the same where the two cannot be compared.
 * @param published for the device, newest first
 */
export function offerOf(firmware: string, published: readonly Published[], keyOf: KeyOf): Offer | undefined {
  const [newest] = published
  if (!newest) return undefined
  const own = keyOf(firmware)
  const later = published.flatMap((release) => {
    const key = keyOf(release.version)
    return own && key && Buffer.compare(key, own) > 0 ? [{ release, key }] : []
  })
  const [highest] = later.toSorted((a, b) => Buffer.compare(b.key, a.key))
  if (highest) return { release: highest.release, standing: 'later' }
  const isKnown = newest.version === firmware || (own && keyOf(newest.version))
  return { release: newest, standing: isKnown ? 'not-later' : 'incomparable' }
}
