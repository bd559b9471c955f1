import { generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto'
import { isIP } from 'node:net'

/** What a new certificate says. */
interface Wanted {
  /** Host names and IP addresses that it is for. */
  readonly names: readonly string[]
  readonly from: Date
  readonly until: Date
}

/** A value in DER (X.690 section 8.1): tag, length, content. Nothing here is longer than 64 KiB. */
function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts)
  const { length } = content
  const lengthBytes = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...lengthBytes]), content])
}

const sequence = (...parts: readonly Uint8Array[]): Buffer => der(0x30, ...parts)
const octets = (content: Uint8Array): Buffer => der(0x04, content)
const critical = Buffer.from([0x01, 0x01, 0xff])

/** An object identifier (X.690 section 8.19), seven bits to a byte. */
function oid(dotted: string): Buffer {
  const [first = 0, second = 0, ...rest] = dotted.split('.').map(Number)
  const bytes = [first * 40 + second, ...rest].flatMap((arc) => {
    const groups = [arc & 0x7f]
    for (let left = arc >> 7; left > 0; left >>= 7) groups.unshift((left & 0x7f) | 0x80)
    return groups
  })
  return der(0x06, Buffer.from(bytes))
}

/** A time: two digits of the year until 2049, four after that (RFC 5280 section 4.1.2.5). */
function time(at: Date): Buffer {
  const digits = at.toISOString().replaceAll(/[-:T]|\.\d+/g, '')
  return at.getUTCFullYear() < 2050 ? der(0x17, Buffer.from(digits.slice(2))) : der(0x18, Buffer.from(digits))
}

/** A name that the certificate is for (RFC 5280 section 4.2.1.6): an address as its bytes, otherwise a DNS name. */
function generalName(name: string): Buffer {
  const family = isIP(name)
  return family === 0 ? der(0x82, Buffer.from(name, 'ascii')) : der(0x87, addressBytes(name, family))
}

function addressBytes(address: string, family: number): Buffer {
  if (family === 4) return Buffer.from(address.split('.').map(Number))
  const [head = [], tail = []] = address.split('::').map((half) => half.split(':').filter(Boolean))
  const groups = [...head, ...Array<string>(8 - head.length - tail.length).fill('0'), ...tail]
  return Buffer.from(groups.map((group) => group.padStart(4, '0')).join(''), 'hex')
}

const algorithm = sequence(oid('1.2.840.10045.4.3.2')) // ecdsa-with-SHA256 (RFC 5758 section 3.2)
const subject = sequence(der(0x31, sequence(oid('2.5.4.3'), der(0x0c, Buffer.from('Suture, self-signed')))))

const extensions = (names: readonly string[]): Buffer =>
  der(
    0xa3,
    sequence(
      sequence(oid('2.5.29.17'), octets(sequence(...names.map(generalName)))),
      sequence(oid('2.5.29.19'), critical, octets(sequence())), // for no other certificate
      sequence(oid('2.5.29.15'), critical, octets(Buffer.from([0x03, 0x02, 0x07, 0x80]))), // digitalSignature
      sequence(oid('2.5.29.37'), octets(sequence(oid('1.3.6.1.5.5.7.3.1')))), // serverAuth
    ),
  )

/** 126 random bits and a first one, so that it is positive and of one length (RFC 5280 section 4.1.2.2). */
function serial(): Buffer {
  const bytes = randomBytes(16)
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40
  return der(0x02, bytes)
}

const pemOf = (bytes: Buffer): string =>
  `-----BEGIN CERTIFICATE-----\n${bytes.toString('base64').replaceAll(/.{64}(?=.)/g, '$&\n')}\n-----END CERTIFICATE-----\n`

function certificateOf({ names, from, until }: Wanted, publicKey: KeyObject, privateKey: KeyObject): string {
  const signed = sequence(
    der(0xa0, der(0x02, Buffer.from([2]))), // version 3
    serial(),
    algorithm,
    subject,
    sequence(time(from), time(until)),
    subject,
    publicKey.export({ type: 'spki', format: 'der' }),
    extensions(names),
  )
  const signature = sign('sha256', signed, privateKey)
  return pemOf(sequence(signed, algorithm, der(0x03, Buffer.from([0]), signature)))
}

/** A new P-256 key and a certificate that it signs itself (RFC 5280), as PEM. */
export function makeSelfSigned(wanted: Wanted): { readonly cert: string; readonly key: string } {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string
  return { cert: certificateOf(wanted, publicKey, privateKey), key }
}
