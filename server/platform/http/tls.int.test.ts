import { once } from 'node:events'
import {
  chmodSync,
  copyFileSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { request } from 'node:https'
import { connect as connectPlainly } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { type ConnectionOptions, connect, getCACertificates, setDefaultCACertificates, type TLSSocket } from 'node:tls'
import { call } from '@suture/contract/client.ts'
import { createSite, importDevices } from '@suture/contract/inventory.ts'
import { startTestServer, type TestServer, type TestTenant } from '@suture/testing/world.ts'
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest'
import { daysLeft, fingerprintOf, isFor, readCertificate } from './certificate.ts'
import { makeSelfSigned } from './self-signed.ts'
import { openTls, selfSignedFiles, type Tls } from './tls.ts'

const made = new URL('../../../testing/certificates/', import.meta.url)
const root = readFileSync(new URL('root.pem', made), 'utf8')
const usual = getCACertificates('default')
const now = new Date()
const day = 86_400_000

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), 'suture-tls-'))
  onTestFinished(() => rmSync(path, { recursive: true }))
  return path
}

/** The certificate of the tests with its chain, as an operator would have put it there. */
function ownFiles(into: string) {
  const files = { cert: join(into, 'server.pem'), key: join(into, 'server.key') }
  copyFileSync(new URL('server.pem', made), files.cert)
  copyFileSync(new URL('server.key', made), files.key)
  chmodSync(files.key, 0o600)
  return files
}

/** A self-signed pair in files, good for so many days from `from` on. */
function writePair(into: string, name: string, { from = now, days = 90 } = {}) {
  const pair = makeSelfSigned({ names: ['localhost'], from, until: new Date(from.getTime() + days * day) })
  const files = { cert: join(into, `${name}.pem`), key: join(into, `${name}.key`) }
  writeFileSync(files.cert, pair.cert)
  writeFileSync(files.key, pair.key, { mode: 0o600 })
  return files
}

const openOwn = (files: { cert: string; key: string }): Tls => {
  const opened = openTls({ SUTURE_HOME: '/nowhere', SUTURE_TLS_CERT: files.cert, SUTURE_TLS_KEY: files.key }, now)
  if (!opened) throw new Error('no TLS')
  return opened
}

const handshake = async (base: string, options: ConnectionOptions): Promise<TLSSocket> => {
  const { hostname, port } = new URL(base)
  const socket = connect({ host: hostname, port: Number(port), servername: 'localhost', ...options })
  await once(socket, 'secureConnect')
  return socket
}

describe('a server with a certificate of its own', () => {
  let server: TestServer
  let place: string
  let tenant: TestTenant
  let admin: TestTenant['people']['admin']
  let files: ReturnType<typeof ownFiles>
  beforeAll(async () => {
    place = mkdtempSync(join(tmpdir(), 'suture-tls-'))
    files = ownFiles(place)
    const origin = new URL('https://suture.example')
    setDefaultCACertificates([...usual, root])
    server = await startTestServer({ origin, tls: { ...openOwn(files), pace: { lookMs: 20, handshakeMs: 500 } } })
    tenant = await server.addTenant('plant')
    admin = tenant.people.admin
  })
  afterAll(async () => {
    setDefaultCACertificates([...usual])
    await server.stop()
    rmSync(place, { recursive: true })
  })

  /** One request over TLS, believed by the authority of the tests alone. */
  async function ask(path: string, options: { method?: string; headers?: Record<string, string>; body?: string } = {}) {
    const { body, ...rest } = options
    const sent = request(new URL(path, server.base), { ca: root, agent: false, ...rest })
    sent.end(body)
    const [answer] = await once(sent, 'response')
    return { status: answer.statusCode as number, headers: answer.headers, body: await text(answer) }
  }

  test('shows its chain, so that whoever knows the authority alone believes it', async () => {
    const socket = await handshake(server.base, { ca: root })
    expect(socket.authorized).toBe(true)
    expect(socket.getProtocol()).toBe('TLSv1.3')
    socket.destroy()
    await expect(
      handshake(server.base, { ca: makeSelfSigned({ names: ['x'], from: now, until: now }).cert }),
    ).rejects.toThrow()
  })

  test('tells browsers to stay with TLS, and its cookie is bound to this host and to TLS', async () => {
    const { status, headers } = await ask('/health', { headers: { host: 'suture.example' } })
    expect(status).toBe(200)
    expect(headers['strict-transport-security']).toMatch(/max-age=\d+/)
    expect(admin.headers.cookie).toMatch(/^__Host-suture=/)
  })

  test.each([
    ['its own page', 'https://suture.example', 201],
    ['the page of another host', 'https://evil.example', 403],
    ['a page that came without TLS', 'http://suture.example', 403],
  ])('changes something for %s: %s, %i', async (_whose, origin, status) => {
    const headers = {
      ...admin.headers,
      origin,
      host: 'suture.example',
      'suture-client': '1',
      'content-type': 'application/json',
    }
    const body = JSON.stringify({ name: `Site of ${origin}` })
    const answer = await ask('/api/v1/sites', { method: 'POST', headers, body })
    expect(answer).toMatchObject({ status })
  })

  test('tells devices to go on by TLS, by the name under which they came', async () => {
    const token = 'a'.repeat(32)
    const kind = { manufacturer: 'Maker', model: 'Pump', type: 'plc', hardwareRevision: 'A', firmware: '1.0' }
    const row = { ...kind, serial: '1', site: 'Works', controllerId: '1', token }
    await call(tenant.people.operator, createSite, { body: { name: 'Works' } })
    await call(tenant.people.operator, importDevices, { body: { devices: [row] } })
    const poll = async (host: string) => {
      const answer = await ask('/plant/controller/v1/1', { headers: { host, authorization: `TargetToken ${token}` } })
      return JSON.parse(answer.body) as { _links: { configData: { href: string } } }
    }
    for (const host of ['suture.example', new URL(server.base).host])
      expect((await poll(host))._links.configData.href).toMatch(new RegExp(`^https://${host}/plant/`))
  })

  test.each(['TLSv1', 'TLSv1.1'] as const)('refuses %s', async (version) => {
    const old = { ca: root, minVersion: version, maxVersion: version, ciphers: 'DEFAULT@SECLEVEL=0' }
    await expect(handshake(server.base, old)).rejects.toMatchObject({ code: expect.stringMatching(/PROTOCOL_VERSION/) })
  })

  test('speaks TLS 1.2 with forward secrecy, and not without', async () => {
    const second = { ca: root, maxVersion: 'TLSv1.2' } as const
    const socket = await handshake(server.base, second)
    expect(socket.getCipher().name).toMatch(/^ECDHE-ECDSA-/)
    socket.destroy()
    for (const ciphers of ['AES128-SHA', 'ECDHE-ECDSA-AES128-SHA'])
      await expect(handshake(server.base, { ...second, ciphers })).rejects.toThrow()
  })

  test('answers nothing to plain HTTP', async () => {
    const { hostname, port } = new URL(server.base)
    const socket = connectPlainly(Number(port), hostname)
    socket.write('GET /health HTTP/1.1\r\nhost: localhost\r\n\r\n')
    const said = await text(socket).catch(() => '')
    expect(said).not.toContain('HTTP/1.1 200')
    expect(said).not.toContain('database')
    expect((await ask('/health')).status).toBe(200)
  })

  test('ends handshakes that never come to an end, and answers others meanwhile', async () => {
    const { hostname, port } = new URL(server.base)
    const began = performance.now()
    const silent = Array.from({ length: 50 }, () => connectPlainly(Number(port), hostname))
    // The first bytes of a ClientHello, and nothing after them.
    silent.forEach((socket, at) => {
      socket.on('error', () => {})
      if (at % 2) socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]))
    })
    expect((await ask('/health')).status).toBe(200)
    await Promise.all(silent.map((socket) => once(socket.resume(), 'close')))
    expect(performance.now() - began).toBeLessThan(10_000)
  })

  test('takes a renewed certificate while it runs, and no open stream ends', async () => {
    const stream = request(new URL('/api/v1/events/stream', server.base), { ca: root, headers: admin.headers })
    stream.end()
    const [answer] = await once(stream, 'response')
    expect(answer.statusCode).toBe(200)
    let isOpen = true
    answer.resume().once('close', () => {
      isOpen = false
    })
    const next = writePair(place, 'next')
    renameSync(next.cert, files.cert)
    // Half of it is there: the last good one stays, and the log says why.
    await expect.poll(() => server.logged.join('')).toContain('the last one stays')
    const between = await handshake(server.base, { ca: root })
    between.destroy()
    renameSync(next.key, files.key)
    await expect.poll(() => server.logged.join('')).toContain('certificate renewed')
    const renewed = await handshake(server.base, { ca: readFileSync(files.cert, 'utf8') })
    expect(renewed.authorized).toBe(true)
    renewed.destroy()
    await expect(handshake(server.base, { ca: root })).rejects.toMatchObject({ code: 'DEPTH_ZERO_SELF_SIGNED_CERT' })
    expect(isOpen).toBe(true)
    stream.destroy()
  })
})

describe('a certificate is refused with what is wrong and what to do, when', () => {
  test('the key belongs to another one', () => {
    const at = folder()
    const [one, other] = [writePair(at, 'one'), writePair(at, 'other')]
    expect(() => readCertificate({ cert: one.cert, key: other.key })).toThrow(/is not the key of the first certificate/)
  })

  test('other users can read or change the key', () => {
    const { cert, key } = writePair(folder(), 'one')
    for (const mode of [0o644, 0o604, 0o620]) {
      chmodSync(key, mode)
      expect(() => readCertificate({ cert, key })).toThrow(
        `Other users can read or change ${key}. Run chmod 600 ${key}`,
      )
    }
    // As packages that keep a group for such keys do.
    chmodSync(key, 0o640)
    expect(readCertificate({ cert, key }).leaf.subject).toContain('self-signed')
  })

  test.each([
    ['the certificate is not there', 'cert', undefined, /cannot be read \(ENOENT\)/],
    ['the key is not there', 'key', undefined, /cannot be read \(ENOENT\)/],
    ['the certificate is something else', 'cert', 'no certificate', /holds no certificate in PEM/],
    ['the key is something else', 'key', 'no key', /holds no private key in PEM/],
    ['the certificate is empty', 'cert', '', /holds no certificate in PEM/],
  ] as const)('%s', (_what, which, content, says) => {
    const files = writePair(folder(), 'one')
    rmSync(files[which])
    if (content !== undefined) writeFileSync(files[which], content, { mode: 0o600 })
    expect(() => readCertificate(files)).toThrow(says)
  })
})

test('a certificate that has expired is served all the same, and the log says so', async () => {
  const files = writePair(folder(), 'old', { from: new Date(Date.now() - 40 * day), days: 30 })
  const server = await startTestServer({ origin: new URL('https://localhost'), tls: openOwn(files) })
  onTestFinished(() => server.stop())
  expect(server.logged.join('')).toContain('the certificate expired at')
  const ca = readFileSync(files.cert, 'utf8')
  await expect(handshake(server.base, { ca })).rejects.toMatchObject({ code: 'CERT_HAS_EXPIRED' })
})

describe('the certificate for trials', () => {
  const open = (home: string, more: object = {}, at = now): Tls => {
    const opened = openTls({ SUTURE_HOME: home, SUTURE_TLS: 'self-signed', ...more }, at)
    if (!opened) throw new Error('no TLS')
    return opened
  }

  test('is made once, for this machine and the public address, and its key is for this user alone', () => {
    const home = folder()
    const first = open(home, { SUTURE_PUBLIC_URL: new URL('https://[fd00::1:2]:8470') })
    const { leaf } = first.certificate
    for (const name of ['localhost', '127.0.0.1', '::1', 'fd00::1:2']) expect(isFor(leaf, name)).toBe(true)
    expect(isFor(leaf, 'suture.example')).toBe(false)
    expect(leaf.ca).toBe(false)
    expect(leaf.verify(leaf.publicKey)).toBe(true)
    expect(daysLeft(leaf, now)).toBeGreaterThan(390)
    expect(statSync(selfSignedFiles(home).key).mode & 0o777).toBe(0o600)
    expect(fingerprintOf(open(home).certificate.leaf)).toBe(fingerprintOf(leaf))
  })

  test.each<[string, (home: string) => Tls]>([
    ['the public address is another', (home) => open(home, { SUTURE_PUBLIC_URL: new URL('https://suture.example') })],
    ['its end is near', (home) => open(home, {}, new Date(now.getTime() + 370 * day))],
    ['it has expired', (home) => open(home, {}, new Date(now.getTime() + 500 * day))],
    [
      'its key was left open to others',
      (home) => {
        chmodSync(selfSignedFiles(home).key, 0o644)
        return open(home)
      },
    ],
  ])('is made anew when %s', (_when, again) => {
    const home = folder()
    const first = fingerprintOf(open(home).certificate.leaf)
    const next = again(home)
    expect(fingerprintOf(next.certificate.leaf)).not.toBe(first)
    expect(statSync(next.files.key).mode & 0o777).toBe(0o600)
  })

  test('is one that OpenSSL believes once it is told to, and no browser is told to stay with it', async () => {
    const tls = open(folder(), {}, new Date('2049-12-31T23:00:00Z'))
    expect(tls.certificate.leaf.validToDate.getUTCFullYear()).toBe(2051)
    const fresh = open(folder())
    const server = await startTestServer({ origin: new URL('https://localhost'), tls: fresh })
    onTestFinished(() => server.stop())
    const socket = await handshake(server.base, { ca: fresh.certificate.cert })
    expect(socket.authorized).toBe(true)
    socket.destroy()
    const sent = request(new URL('/health', server.base), { ca: fresh.certificate.cert, agent: false })
    sent.end()
    const [answer] = await once(sent, 'response')
    answer.resume()
    expect(answer.headers['strict-transport-security']).toBeUndefined()
  })
})
