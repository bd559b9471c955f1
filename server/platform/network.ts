import { BlockList, isIP } from 'node:net'

const family = (address: string): 'ipv4' | 'ipv6' | undefined =>
  ({ 4: 'ipv4', 6: 'ipv6' })[isIP(address) as 4 | 6] as 'ipv4' | 'ipv6' | undefined

interface Network {
  readonly address: string
  readonly prefix: number
  readonly family: 'ipv4' | 'ipv6'
}

/** A network in CIDR notation (RFC 4632 section 3.1, RFC 4291 section 2.3); undefined when the text is none. */
function readNetwork(text: string): Network | undefined {
  const [, address = '', digits = ''] = /^([0-9a-f.:]+)\/(\d{1,3})$/i.exec(text) ?? []
  const kind = family(address)
  const prefix = Number(digits)
  return kind === undefined || prefix > (kind === 'ipv4' ? 32 : 128) ? undefined : { address, prefix, family: kind }
}

function listOf(networks: readonly Network[]): BlockList {
  const list = new BlockList()
  for (const { address, prefix, family } of networks) list.addSubnet(address, prefix, family)
  return list
}

const readAll = (texts: readonly string[]): BlockList =>
  listOf(texts.map(readNetwork).filter((network) => network !== undefined))

const loopback = readAll(['127.0.0.0/8', '::1/128'])
/**
 * Where no device of anybody's lives: this host, the link with its metadata services, multicast, IPv4 in IPv6. One list
 * for each family, because a list takes every IPv4 address for one of ::ffff:0:0/96 too.
 */
const nobodys = {
  ipv4: readAll(['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3']),
  ipv6: readAll(['::/128', 'fe80::/10', 'ff00::/8', '::ffff:0:0/96']),
}

const isOfLoopback = ({ address, prefix, family }: Network): boolean =>
  loopback.check(address, family) && prefix >= (family === 'ipv4' ? 8 : 128)

/**
 * Whether an address lies in one of these networks. Only literal addresses lie anywhere; the loopback only in a network
 * of loopback addresses alone, so that a wide network does not open the server itself; links and multicast never.
 */
export function isInside(address: string, networks: readonly string[]): boolean {
  const kind = family(address)
  if (kind === undefined || nobodys[kind].check(address, kind)) return false
  const read = networks.map(readNetwork).filter((network) => network?.family === kind) as Network[]
  return listOf(loopback.check(address, kind) ? read.filter(isOfLoopback) : read).check(address, kind)
}

/** Why Suture takes no such network to send anything to, as a sentence; undefined when it does. */
export function networkFault(text: string): string | undefined {
  const network = readNetwork(text)
  if (!network) return 'is no network in CIDR notation, such as 10.20.0.0/16'
  const { address, family: kind } = network
  if (nobodys[kind].check(address, kind)) return 'is no network of devices: links, multicast and this host are not'
  if (loopback.check(address, kind) && !isOfLoopback(network)) return 'is more than the loopback network'
  return undefined
}
