import { expect, test } from 'vitest'
import { linesFor } from './gateway-lines.ts'

test('an update client is told the server, the tenant and the secret in one line', () => {
  const given = { server: 'https://suture.example', tenant: 'main', secret: 'sug_x' }
  expect(linesFor(given).map(({ line }) => line)).toEqual([
    "swupdate -u '-t main -u https://suture.example -i DEVICE -g sug_x'",
    "curl -H 'Authorization: GatewayToken sug_x' https://suture.example/main/controller/v1/DEVICE",
  ])
})
