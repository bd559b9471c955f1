import { setTimeout as after } from 'node:timers/promises'
import { type Arguments, type Connection, call, type Reply } from '@suture/contract/client.ts'
import { getBillImport, importBill } from '@suture/contract/inventory.ts'

type BillImport = Reply<typeof getBillImport>

/** An SBOM that has come to its end, whichever that is. */
export async function endOfImport(to: Connection, id: string): Promise<BillImport> {
  const enough = AbortSignal.timeout(120_000)
  for (;;) {
    const seen = await call(to, getBillImport, { params: { id } })
    if (seen.endedAt !== null) return seen
    if (enough.aborted) throw new Error(`An SBOM is still ${seen.state}, ${seen.stored} components of it stored`)
    await after(20)
  }
}

/** Sends an SBOM and waits for its end. */
export const sendSbom = async (to: Connection, given: Arguments<typeof importBill>): Promise<BillImport> =>
  endOfImport(to, (await call(to, importBill, given)).id)

/** Sends an SBOM that becomes a bill; tells which. */
export async function importedBill(to: Connection, given: Arguments<typeof importBill>) {
  const { bill, components, devices, refusal } = await sendSbom(to, given)
  if (bill === null || components === null || devices === null)
    throw new Error(`An SBOM became no bill: ${refusal?.code}: ${refusal?.detail}`)
  return { bill, components, devices }
}
