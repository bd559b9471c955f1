import { z } from 'zod'
import { Digest } from './digest.ts'
import { endpoint } from './endpoint.ts'
import { Instant } from './instant.ts'
import { sbomBytes } from './limits.ts'
import { page, pageQuery } from './paging.ts'
import { billImportStates } from './states.ts'
import { Text } from './text.ts'

const Bill = z.object({
  id: Digest,
  createdAt: Instant,
  /** How many components it holds. */
  components: z.int(),
  /** The devices that run it, as far as the caller may see them. */
  devices: z.int(),
})

export const listBills = endpoint({
  id: 'listBills',
  method: 'GET',
  path: '/bills',
  may: 'inventory:read',
  tag: 'Devices',
  summary: 'The bills, newest first.',
  query: z.strictObject(pageQuery),
  reply: page(Bill),
  refusals: ['http/bad-cursor'],
})

export const getBill = endpoint({
  id: 'getBill',
  method: 'GET',
  path: '/bills/{id}',
  may: 'inventory:read',
  tag: 'Devices',
  summary: 'One bill, the firmware versions that stand for it, and a page of its components.',
  params: z.object({ id: Digest }),
  query: z.strictObject(pageQuery),
  reply: Bill.extend({
    firmwares: z.array(z.object({ manufacturer: z.string(), model: z.string(), version: z.string() })),
    listed: page(
      z.object({
        supplier: z.string(),
        name: z.string(),
        version: z.string(),
        purl: z.string().nullable(),
        cpe: z.string().nullable(),
      }),
    ),
  }),
  refusals: ['inventory/bill-unknown', 'http/bad-cursor'],
})

const Name = Text.trim().min(1).max(120)

const BillImport = z.object({
  id: z.uuid(),
  manufacturer: z.string(),
  model: z.string(),
  firmware: z.string(),
  /** SHA-256 of the document that was sent. */
  document: Digest,
  /** Of the document. */
  bytes: z.int(),
  state: z.enum(billImportStates),
  /** How many components the bill has, the firmware itself included; nobody knows before the document was read. */
  components: z.int().nullable(),
  /** How many of them are stored. */
  stored: z.int(),
  bill: Digest.nullable(),
  /** The devices that got another bill. */
  devices: z.int().nullable(),
  /** Whether none did because an SBOM of the same version that was sent later is its bill already. */
  overtaken: z.boolean(),
  /** Why the document became no bill: a code of the catalogue, and what it was about this document. */
  refusal: z.object({ code: z.string(), detail: z.string() }).nullable(),
  startedAt: Instant,
  startedBy: z.string(),
  endedAt: Instant.nullable(),
})

export const importBill = endpoint({
  id: 'importBill',
  method: 'POST',
  path: '/bill-imports',
  may: 'inventory:write',
  tag: 'Devices',
  summary:
    'Takes the SBOM of a firmware version, CycloneDX JSON 1.4 to 1.6, and answers once it is kept. Then it is read: its components become the bill of that version, and its devices move to that bill.',
  kind: 'upload',
  media: 'application/vnd.cyclonedx+json',
  maxBytes: sbomBytes,
  query: z.strictObject({ manufacturer: Name, model: Name, firmware: Name }),
  reply: BillImport,
  status: 201,
  refusals: [
    'inventory/model-unknown',
    'inventory/imports-waiting',
    'inventory/sbom-bytes-a-day',
    'auth/all-sites-needed',
    'http/too-large',
    'http/too-slow',
    'http/cut-short',
    'http/media-type',
  ],
})

export const listBillImports = endpoint({
  id: 'listBillImports',
  method: 'GET',
  path: '/bill-imports',
  may: 'inventory:read',
  tag: 'Devices',
  summary: 'The SBOMs that were sent, newest first; none to whoever is limited to sites.',
  query: z.strictObject(pageQuery),
  reply: page(BillImport),
  refusals: ['http/bad-cursor'],
})

export const getBillImport = endpoint({
  id: 'getBillImport',
  method: 'GET',
  path: '/bill-imports/{id}',
  may: 'inventory:read',
  tag: 'Devices',
  summary: 'How far one SBOM has come, and the bill that it became or why it became none.',
  params: z.object({ id: z.uuid() }),
  reply: BillImport,
  refusals: ['inventory/bill-import-unknown'],
})
