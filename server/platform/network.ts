import { BlockList, isIP } from 'node:net'

type Family = 'ipv4' | 'ipv6'
const familyOf = (address: string): Family | undefined =>
  (({ 0: undefined, 4: 'ipv4', 6: 'ipv6' }) as const)[isIP(address) as 0 | 4 | 6]

/** The blocks of one family among some; a list of both would find 10.0.0.1 inside ::/0. */
function blocksOf(family: Family, cidrs: readonly string[]): BlockList {
  const blocks = new BlockList()
  for (const cidr of cidrs) {
    const [, network = '', bits] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(cidr) ?? []
    if (familyOf(network) === family && Number(bits) <= (family === 'ipv4' ? 32 : 128))
      blocks.addSubnet(network, Number(bits), family)
  }
  return blocks
}

const loopback = '127.0.0.0/8'
const ourselves = blocksOf('ipv4', [loopback])
const never = {
  // This host, groups, everybody.
  ipv4: blocksOf('ipv4', ['0.0.0.0/8', '224.0.0.0/4', '255.255.255.255/32']),
  // This host, IPv4 in other spellings (mapped, translated), groups.
  ipv6: blocksOf('ipv6', ['::/8', 'ff00::/8']),
}

/**
 * Whether a confirmed address lies inside one of a site's CIDRs, so that a probe may go there. The loopback does only
 * when the site names 127.0.0.0/8 itself: a wider block is no permission to ask this machine. What cannot be read is
 * inside nothing.
 */
export function isInside(address: string, cidrs: readonly string[]): boolean {
  const family = familyOf(address)
  // A zone (fe80::1%eth0) would choose the interface.
  if (family === undefined || address.includes('%') || never[family].check(address, family)) return false
  if (family === 'ipv4' && ourselves.check(address) && !cidrs.includes(loopback)) return false
  return blocksOf(family, cidrs).check(address, family)
}
