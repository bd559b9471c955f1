import type { Connection } from '@suture/contract/client.ts'
import * as contract from '@suture/contract/inventory.ts'
import { exactly } from '@suture/contract/query/print.ts'
import { ask } from '../connection.ts'
import { Failure } from '../failure.ts'
import { everyItem } from '../pages.ts'

/** The id of a device that is named by its id or its serial. */
export async function idOf(to: Connection, named: string): Promise<string> {
  if (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(named)) return named
  const q = `${exactly('serial', named)} or ${exactly('name', named)}`
  const found = await everyItem((query) => ask(to, contract.listDevices, { query: { ...query, q } }))
  const device = found.find(({ serial, name }) => serial === named || name === named)
  if (!device) throw new Failure(`There is no device ${named}. \`suture device list\` shows them.`)
  return device.id
}
