import { blocksOf, familyOf, readBlock } from './network.ts'

/**
 * Where requests that others ask for may go: `public` for every public address, blocks of addresses, and names of hosts.
 * Nothing is anywhere by itself.
 */
export type Outward = readonly string[]

const isHostName = (text: string): boolean =>
  /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/i.test(text) &&
  familyOf(text) === undefined

/** Whether a text is a place to name in `Outward`. */
export const isPlace = (text: string): boolean => readBlock(text) !== undefined || isHostName(text)

const loopback = { ipv4: blocksOf('ipv4', ['127.0.0.0/8']), ipv6: blocksOf('ipv6', ['::1/128']) }

/** Every IPv4 block that is not globally reachable (IANA special-purpose registry, RFC 6890), and the groups. */
const notPublic4 = blocksOf('ipv4', [
  '0.0.0.0/8',
  '10.0.0.0/8',
  '100.64.0.0/10',
  '127.0.0.0/8',
  '169.254.0.0/16',
  '172.16.0.0/12',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '192.168.0.0/16',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/3',
])
/** Of IPv6 only this is handed out (RFC 4291 section 2.4), and in it stand blocks that carry IPv4 addresses or are examples. */
const public6 = blocksOf('ipv6', ['2000::/3'])
const notPublic6 = blocksOf('ipv6', ['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'])
/** Links with their metadata services, groups, and this host: no name of a host stands for these. */
const neverByName = {
  ipv4: blocksOf('ipv4', ['0.0.0.0/8', '169.254.0.0/16', '224.0.0.0/3']),
  ipv6: blocksOf('ipv6', ['::/128', '::ffff:0:0/96', '64:ff9b::/96', 'fe80::/10', 'ff00::/8', 'fd00:ec2::254/128']),
}

/** Whether an address is this machine's own. */
export function isOwn(address: string): boolean {
  const family = familyOf(address)
  return family !== undefined && loopback[family].check(address, family)
}

function isPublic(address: string): boolean {
  if (familyOf(address) === 'ipv4') return !notPublic4.check(address, 'ipv4')
  return public6.check(address, 'ipv6') && !notPublic6.check(address, 'ipv6')
}

/** Whether a request for a host may go to one of its addresses. */
export function mayReach(host: string, address: string, outward: Outward): boolean {
  const family = familyOf(address)
  // A zone (fe80::1%eth0) would choose the interface.
  if (family === undefined || address.includes('%')) return false
  if (blocksOf(family, outward).check(address, family)) return true
  if (outward.includes('public') && isPublic(address)) return true
  return outward.some((place) => place.toLowerCase() === host) && !neverByName[family].check(address, family)
}

/** The host of an address as a resolver takes it. */
export const hostOf = ({ hostname }: URL): string => hostname.replace(/^\[|\]$/g, '').replace(/\.$/, '')

/**
 * Why nothing may be sent to an address, as far as that can be told without asking for its host's addresses; undefined
 * when it may. The host is what the URL standard makes of it, so that 2130706433 and 0x7f.1 are 127.0.0.1 here as well.
 */
export function outwardFault(text: string, outward: Outward): string | undefined {
  const url = URL.parse(text)
  if (!url || !/^https?:$/.test(url.protocol)) return 'it is no https address'
  if (url.username !== '' || url.password !== '') return 'it holds a login, which would stand in every list of webhooks'
  if (url.hash !== '') return 'what stands after # is never sent'
  if (outward.length === 0) return 'this server is set to send nothing anywhere'
  const host = hostOf(url)
  const isAddress = familyOf(host) !== undefined
  if (isAddress && !mayReach(host, host, outward)) return `${host} is not among what this server may reach`
  if (url.protocol === 'http:' && !(isAddress ? isOwn(host) : host === 'localhost'))
    return 'beyond this machine it must be https'
  return undefined
}
