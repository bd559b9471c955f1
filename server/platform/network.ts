import { BlockList, isIP } from 'node:net'

type Family = 'ipv4' | 'ipv6'
export const familyOf = (address: string): Family | undefined =>
  (({ 0: undefined, 4: 'ipv4', 6: 'ipv6' }) as const)[isIP(address) as 0 | 4 | 6]

/** A block of addresses in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3). */
interface Block {
  readonly family: Family
  readonly network: string
  readonly bits: number
}

export function readBlock(cidr: string): Block | undefined {
  const [, network = '', bits = ''] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(cidr) ?? []
  const family = familyOf(network)
  const isBlock = family !== undefined && Number(bits) <= (family === 'ipv4' ? 32 : 128)
  return isBlock ? { family, network, bits: Number(bits) } : undefined
}

/** The blocks of one family among some; a list of both would find 10.0.0.1 inside ::/0. */
export function blocksOf(family: Family, cidrs: readonly string[]): BlockList {
  const blocks = new BlockList()
  for (const cidr of cidrs) {
    const block = readBlock(cidr)
    if (block?.family === family) blocks.addSubnet(block.network, block.bits, family)
  }
  return blocks
}

const loopback = { ipv4: blocksOf('ipv4', ['127.0.0.0/8']), ipv6: blocksOf('ipv6', ['::1/128']) }
/** Where no device of anybody's lives: this host, links with their metadata services, groups, IPv4 spelt as IPv6. */
const never = {
  ipv4: blocksOf('ipv4', ['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3']),
  ipv6: blocksOf('ipv6', ['::/8', 'fe80::/10', 'ff00::/8']),
}

/** Whether a block holds loopback addresses and no others. */
function isOfLoopback(cidr: string): boolean {
  const block = readBlock(cidr)
  if (!block || !loopback[block.family].check(block.network, block.family)) return false
  return block.bits >= (block.family === 'ipv4' ? 8 : 128)
}

/**
 * Whether a confirmed address lies inside one of a site's CIDRs, so that a probe may go there. The loopback does only
 * when the site names a block of loopback addresses alone: a wider one is no permission to ask this machine. What
 * cannot be read is inside nothing.
 */
export function isInside(address: string, cidrs: readonly string[]): boolean {
  const family = familyOf(address)
  // A zone (fe80::1%eth0) would choose the interface.
  if (family === undefined || address.includes('%')) return false
  const isOurs = loopback[family].check(address, family)
  if (!isOurs && never[family].check(address, family)) return false
  return blocksOf(family, isOurs ? cidrs.filter(isOfLoopback) : cidrs).check(address, family)
}

/** An IPv6 address as RFC 5952 writes it, which is how a URL does, too. */
const shortest = (address: string): string => new URL(`http://[${address}]`).hostname.slice(1, -1)

/** The numbers that an address is written with, most significant first, and how many bits each of them has. */
function partsOf(family: Family, address: string): { readonly parts: readonly number[]; readonly width: number } {
  if (family === 'ipv4') return { parts: address.split('.').map(Number), width: 8 }
  const [head = [], tail = []] = shortest(address)
    .split('::')
    .map((half) => half.split(':').flatMap((group) => (group === '' ? [] : [Number.parseInt(group, 16)])))
  return { parts: [...head, ...Array(8 - head.length - tail.length).fill(0), ...tail], width: 16 }
}

/** The first address of a block, and whether it is the one that the block is written with. */
function firstOf({ family, network, bits }: Block): { readonly address: string; readonly isIts: boolean } {
  const { parts, width } = partsOf(family, network)
  const kept = parts.map((part, at) => {
    const free = Math.min(width, Math.max(0, (at + 1) * width - bits))
    return (part >>> free) << free
  })
  const isIts = kept.every((part, at) => part === parts[at])
  if (family === 'ipv4') return { address: kept.join('.'), isIts }
  return { address: shortest(kept.map((part) => part.toString(16)).join(':')), isIts }
}

/**
 * Why a site may not name such a block, as the rest of a sentence; undefined when it may. An address that goes on
 * after the prefix is refused rather than cut: whoever wrote 10.1.2.3/8 may have meant 10.1.2.3/32.
 */
export function networkFault(cidr: string): string | undefined {
  const block = readBlock(cidr)
  if (!block) return 'is no network in CIDR notation, such as 10.20.0.0/16'
  const { family, network, bits } = block
  if (bits === 0)
    return 'is no network of devices but every address there is: name the site’s own, such as 10.20.0.0/16'
  const isOurs = loopback[family].check(network, family)
  if (isOurs && !isOfLoopback(cidr)) return 'is more than the loopback'
  if (!isOurs && never[family].check(network, family))
    return 'is no network of devices: links, groups and this host are not'
  const first = firstOf(block)
  return first.isIts
    ? undefined
    : `is no network, because its address goes on after ${bits} bits: write ${first.address}/${bits}, or more bits`
}
