import { expect, test } from 'vitest'
import { devicesOf } from './read-file.ts'

const row = { serial: 'S-1', manufacturer: 'M', model: 'N', type: 'plc', hardwareRevision: 'A', firmware: '1' }
const fields = Object.keys(row).join()
const cells = Object.values(row).join()
const read = (text: string, name = 'devices.csv') => devicesOf(new File([text], name))

test('a browser reads a list as the command line does, with the line of each device', async () => {
  expect(await read(`${fields}\n\n${cells}\n`)).toEqual({ listed: [{ row, place: 'line 3' }] })
  expect(await read(JSON.stringify([row]), 'devices.JSON')).toEqual({ listed: [{ row, place: 'row 1' }] })
})

test.each([
  ['a line that is too short', `${fields}\nS-1,M`, /^line 2, .*give each line as many fields/],
  ['a quote that is never closed', `${fields}\n"S-1,M,N,plc,A,1`, /close the quotation mark/],
  ['a heading that is no field', `${fields},colour\n${cells},red`, /^line 1, column 7: there is no field colour/],
  ['semicolons', `${fields.replaceAll(',', ';')}\n${cells}`, /separated by semicolons/],
  ['no device', fields, /^it lists no device$/],
])('a browser refuses %s with the place and the way out', async (_, text, says) => {
  expect(await read(text)).toEqual({ faults: [expect.stringMatching(says)] })
})
