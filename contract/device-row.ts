import { z } from 'zod'
import { criticalities, dataSensitivities, exposures, safetyRoles } from './states.ts'
import { Text } from './text.ts'

const text = (most: number) => Text.trim().min(1).max(most)

/** How a device names itself to its server: a part of a path, so no slashes and no blanks. */
export const ControllerId = z.string().regex(/^[\w.:~@+-]{1,200}$/, 'letters, digits and . _ : ~ @ + - only')

/** The secret that a device shows, as hawkBit's device API has it: 128 random bits in hex. */
export const DeviceToken = z.string().regex(/^[0-9a-f]{32}$/, '32 hexadecimal digits in lower case')

/** A plain absolute path of unreserved characters (RFC 3986 section 2.3), which HTTP and CoAP write alike. */
const Path = z
  .string()
  .max(255)
  .regex(/^(\/[\w.~-]+)+$/, 'an absolute path of letters, digits and . _ ~ -')

/** Where a device's identity may be read; the address is literal, so that no name server decides where requests go. */
export const IdentityAddress = z.strictObject({
  protocol: z.enum(['http', 'coap']),
  host: z.union([z.ipv4(), z.ipv6()], 'an address in figures'),
  port: z.int().min(1).max(65_535),
  path: Path,
})

/**
 * One device as an operator lists it. A field that is left out says nothing: what was said before stays. Naming where
 * its identity is read is the operator's confirmation of that address.
 */
export const DeviceRow = z.strictObject({
  serial: text(200),
  name: text(200).optional(),
  manufacturer: text(120),
  model: text(120),
  type: text(60),
  hardwareRevision: text(120),
  bootloader: text(120).optional(),
  firmware: text(120),
  site: text(200).optional(),
  area: text(200).optional(),
  zone: text(200).optional(),
  owner: text(200).optional(),
  criticality: z.enum(criticalities).optional(),
  exposure: z.enum(exposures).optional(),
  safetyRole: z.enum(safetyRoles).optional(),
  dataSensitivity: z.enum(dataSensitivities).optional(),
  supportEnd: z.iso.date().optional(),
  controllerId: ControllerId.optional(),
  token: DeviceToken.optional(),
  identity: IdentityAddress.optional(),
  rig: z.boolean().optional(),
})
export type DeviceRow = z.output<typeof DeviceRow>

/** As many devices as one call imports. */
export const mostRows = 10_000
