import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

// A bare node:http server that answers everything with the same bytes: what no server on Node is faster than.

const body = Buffer.from(process.argv[2] ?? '', 'utf8')
const server = createServer((_request, response) => {
  response.writeHead(200, { 'content-type': 'application/json; charset=utf-8', 'content-length': body.length })
  response.end(body)
})
server.keepAliveTimeout = 72_000
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`listens at http://127.0.0.1:${(server.address() as AddressInfo).port};\n`)
})
process.once('SIGTERM', () => process.exit(0))
process.once('disconnect', () => process.exit(0))
