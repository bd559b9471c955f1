import { gzipSync, zstdCompressSync } from 'node:zlib'
import type { Reason } from '@suture/server/platform/sandbox/work.ts'

/** What reads untrusted bytes, by the document that it is for. */
export type Reader = 'sbom' | 'facts' | 'signature'

/** Bytes that somebody might send to hurt whoever reads them, made when they are wanted. */
export interface Bomb {
  readonly name: string
  readonly to: Reader
  readonly bytes: () => Buffer
  /** What goes along with them. */
  readonly given?: unknown
  /** How the reader may end: refused for this reason, or with an answer that says no. Never with a fault. */
  readonly end: Reason | 'not-verified' | 'read'
  /** Cheap enough for every run of the tests. */
  readonly lean?: true
}

const kibibyte = 1024
const mebibyte = 1024 * kibibyte
const nothing = Buffer.alloc(0)

/** A well-formed document of each kind with some JSON text put in one place. */
const sbomWith = (component: string, more = ''): Buffer =>
  Buffer.from(`{"bomFormat":"CycloneDX","specVersion":"1.6","version":1${more},"components":[${component}]}`)
const factsWith = (products: string, more = ''): Buffer =>
  Buffer.from(
    `{"format":"suture.knowledge.v1","source":{"name":"n","url":"https://a.example","licence":"l","retrieved":"2026-01-01"},"products":[${products}],"vulnerabilities":[]${more}}`,
  )
const component = (fields: string): string => `{"type":"library","name":"a"${fields}}`
const product = (fields: string): string => `{"vendor":"v","product":"p","aliases":[],"scheme":"generic"${fields}}`

const nested = (levels: number, open: string, middle: string, close: string): string =>
  open.repeat(levels) + middle + close.repeat(levels)

/** What JSON itself can be made to hold, put into a document of each kind. */
const texts: readonly (readonly [name: string, json: () => string, lean?: true])[] = [
  ['a million zeros', () => `[${'0,'.repeat(1_000_000)}0]`],
  ['a million keys', () => `{${Array.from({ length: 1_000_000 }, (_, at) => `"k${at}":0`).join(',')}}`],
  ['one key a million times', () => `{${'"k":0,'.repeat(1_000_000)}"k":1}`],
  [
    'the prototype as a key',
    () => '{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}',
    true,
  ],
  ['a number of a million digits', () => '9'.repeat(1_000_000), true],
  ['a number beyond all numbers', () => '1e999999', true],
  ['a fraction of a million digits', () => `0.${'1'.repeat(1_000_000)}e-400`],
  ['half a surrogate pair', () => '"\\ud800"', true],
  ['a million escapes', () => `"${'\\u0000'.repeat(1_000_000)}"`],
  ['a string of 15 MiB', () => `"${'a'.repeat(15 * mebibyte)}"`],
  [
    '12 levels of objects, each with five thousand brothers',
    () => nested(12, `{${'"a":0,'.repeat(5_000)}"b":`, '0', '}'),
  ],
  ['a reference to itself', () => '{"$ref":"#","$id":"#","refWhenReached":"#"}', true],
]

/** Strings that make a careless pattern go back and forth, where a schema checks with one; `read` where it allows them. */
const slow: readonly (readonly [name: string, field: string, end?: 'read'])[] = [
  ['a CPE of backslashes', `,"cpe":"cpe:2.3:a:${'\\\\'.repeat(100_000)}"`],
  ['a CPE of colons', `,"cpe":"cpe:2.3:a${':'.repeat(200_000)}x"`],
  ['a package URL of slashes', `,"purl":"pkg:${'/'.repeat(200_000)}"`],
  ['a mail address without an end', `,"supplier":{"name":"s","contact":[{"email":"${'a@'.repeat(100_000)}"}]}`],
  ['an address of dots', `,"externalReferences":[{"type":"website","url":"http://${'a.'.repeat(100_000)}"}]`, 'read'],
  [
    'an address of percent signs',
    `,"externalReferences":[{"type":"website","url":"http://a/${'%'.repeat(200_000)}"}]`,
    'read',
  ],
  ['a digest of a million digits', `,"hashes":[{"alg":"MD5","content":"${'a'.repeat(1_000_000)}"}]`],
  ['a media type of slashes', `,"mime-type":"${'a/'.repeat(100_000)}"`],
]

const jsonBombs = (): Bomb[] =>
  texts.flatMap(([name, json, lean]): Bomb[] => [
    {
      name,
      to: 'sbom',
      bytes: () => sbomWith(component(`,"bombed":${json()}`)),
      end: 'unreadable',
    },
    {
      name,
      to: 'facts',
      bytes: () => factsWith(product(`,"bombed":${json()}`)),
      end: 'unreadable',
      ...(lean && { lean }),
    },
  ])

const depths = (to: Reader): Bomb[] => [
  {
    name: 'a million levels of lists',
    to,
    bytes: () => Buffer.from(nested(1_000_000, '[', '', ']')),
    end: 'too-deep',
    lean: true,
  },
  {
    name: 'a million levels of objects',
    to,
    bytes: () => Buffer.from(nested(1_000_000, '{"a":', '0', '}')),
    end: 'too-deep',
  },
  { name: 'a million open brackets', to, bytes: () => Buffer.from('['.repeat(1_000_000)), end: 'too-deep' },
]

/** A zip archive with one entry of this name, as far as a careless reader looks (APPNOTE 4.3.7). */
function zip(name: string): Buffer {
  const head = Buffer.alloc(30)
  head.writeUInt32LE(0x04034b50, 0)
  head.writeUInt32LE(0xffffffff, 18) // packed and unpacked, as long as can be said
  head.writeUInt32LE(0xffffffff, 22)
  head.writeUInt16LE(name.length, 26)
  return Buffer.concat([head, Buffer.from(name), Buffer.from('taken over')])
}

/** A tar archive with one entry (POSIX.1-1988 ustar); `2` is a symbolic link. */
function tar(name: string, type: '0' | '2', target = ''): Buffer {
  const head = Buffer.alloc(512)
  head.write(name, 0)
  head.write('0000777\0', 100)
  head.write('77777777777\0', 124)
  head.write(type, 156)
  head.write(target, 157)
  head.write('ustar\0', 257)
  head.write(
    `${[...head]
      .reduce((sum, byte) => sum + byte, 8 * 32)
      .toString(8)
      .padStart(6, '0')}\0 `,
    148,
  )
  return Buffer.concat([head, Buffer.from('taken over')])
}

/** A cpio archive as an .swu update is one, with one entry (the new ASCII format). */
const cpio = (name: string): Buffer =>
  Buffer.from(`070701${'ffffffff'.repeat(11)}${(name.length + 1).toString(16).padStart(8, '0')}00000000${name}\0`)

/** Archives and packed bytes. Nothing unpacks them today; whoever adds a reader that does finds them here. */
const packed: readonly (readonly [name: string, bytes: () => Buffer, lean?: true])[] = [
  ['gzip of 256 MiB', () => gzipSync(Buffer.alloc(256 * mebibyte))],
  ['gzip of gzip', () => gzipSync(gzipSync(Buffer.alloc(64 * mebibyte)))],
  ['zstd of 256 MiB', () => zstdCompressSync(Buffer.alloc(256 * mebibyte))],
  ['a zip that leads out of its folder', () => zip(`${'../'.repeat(20)}tmp/suture-bomb`), true],
  ['a tar that leads out of its folder', () => tar(`${'../'.repeat(20)}tmp/suture-bomb`, '0'), true],
  ['a tar with a link to /etc/passwd', () => tar('link', '2', '/etc/passwd'), true],
  ['an .swu that leads out of its folder', () => cpio('../../tmp/suture-bomb'), true],
]

const laughs = `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "ha">${Array.from({ length: 30 }, (_, at) => `<!ENTITY a${at} "${`&a${at || ''};`.repeat(10)}">`).join('')}]><bom>&a29;</bom>`

const strange: readonly (readonly [name: string, bytes: () => Buffer, lean?: true])[] = [
  ['nothing', () => nothing, true],
  ['a billion laughs in XML', () => Buffer.from(laughs), true],
  ['bytes that are no UTF-8', () => Buffer.from([0x7b, 0x22, 0xc0, 0xaf, 0x22, 0x3a, 0x31, 0x7d]), true],
  ['UTF-16', () => Buffer.from(sbomWith(component('')).toString('latin1'), 'utf16le')],
  ['16 MiB of one byte', () => Buffer.alloc(16 * mebibyte, 0x20)],
  ['16 MiB of quotes', () => Buffer.alloc(16 * mebibyte, 0x22)],
]

/** The public key of RFC 8032 section 7.1, test 1, and what calls itself a key and is something else. */
const key =
  '-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEA11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=\n-----END PUBLIC KEY-----\n'
const pem = (der: Buffer) => `-----BEGIN PUBLIC KEY-----\n${der.toString('base64')}\n-----END PUBLIC KEY-----\n`
const claim = (signature: string, ...publicKeys: string[]) => ({ signature, publicKeys })
const zeros = Buffer.alloc(64).toString('base64')

const signatures: readonly Bomb[] = [
  ...(
    [
      ['a key whose length is four gigabytes', pem(Buffer.from('3084ffffffff06032b6570', 'hex'))],
      ['a key that nests ten thousand levels', pem(Buffer.from('3080'.repeat(10_000), 'hex'))],
      ['a key of 30 KiB', pem(Buffer.alloc(30 * kibibyte, 0x30))],
      ['a key in JSON with an absurd length', JSON.stringify({ kty: 'RSA', n: 'A'.repeat(40_000), e: 'AQAB' })],
    ] as const
  ).map(
    ([name, wrong]): Bomb => ({
      ...{ name, to: 'signature', bytes: () => Buffer.from('x'), given: claim(zeros, wrong), end: 'not-verified' },
      lean: true,
    }),
  ),
  {
    name: 'a signature of 40 KiB',
    to: 'signature',
    bytes: () => nothing,
    given: claim('A'.repeat(40_000), key),
    end: 'not-verified',
  },
  {
    name: '300 keys',
    to: 'signature',
    bytes: () => Buffer.alloc(mebibyte),
    given: claim(zeros, ...Array<string>(300).fill(key)),
    end: 'not-verified',
  },
  {
    name: 'an artifact of 512 MiB',
    to: 'signature',
    bytes: () => Buffer.alloc(512 * mebibyte),
    given: claim(zeros, key),
    end: 'not-verified',
  },
  {
    name: 'one byte beyond 512 MiB',
    to: 'signature',
    bytes: () => Buffer.alloc(512 * mebibyte + 1),
    given: claim(zeros, key),
    end: 'too-large',
  },
]

/** A document that would be read, cut off before each byte, or before some of them. */
const cutOff = (every: boolean): Bomb[] =>
  (
    [
      ['sbom', sbomWith(component(',"version":"1"'))],
      ['facts', factsWith(product(''))],
    ] as const
  ).flatMap(([to, whole]) =>
    Array.from({ length: whole.length }, (_, at) => at)
      .filter((at) => (every ? at % 7 === 1 : at % 97 === 1))
      .map(
        (at): Bomb => ({
          name: `cut off after ${at} bytes`,
          to,
          bytes: () => whole.subarray(0, at),
          end: 'unreadable',
        }),
      ),
  )

/** All of it; `every` cuts documents off at each seventh byte and not at a few. */
export const bombs = (every: boolean): readonly Bomb[] => [
  ...jsonBombs(),
  ...depths('sbom'),
  ...depths('facts'),
  ...slow.map(
    ([name, field, end = 'unreadable' as const]): Bomb => ({
      name,
      to: 'sbom',
      bytes: () => sbomWith(component(field)),
      end,
    }),
  ),
  ...[...packed, ...strange].flatMap(([name, bytes, lean]): Bomb[] => [
    { name, to: 'sbom', bytes, end: 'unreadable', ...(lean && { lean }) },
    { name, to: 'facts', bytes, end: 'unreadable' },
  ]),
  ...packed.map(
    ([name, bytes]): Bomb => ({ name, to: 'signature', bytes, given: claim(zeros, key), end: 'not-verified' }),
  ),
  {
    name: '60,000 components',
    to: 'sbom',
    bytes: () => sbomWith(Array<string>(60_000).fill(component('')).join(',')),
    end: 'unreadable',
  },
  {
    ...{ name: '60,000 components, each another', to: 'sbom', end: 'too-large' },
    bytes: () => sbomWith(Array.from({ length: 60_000 }, (_, at) => component(`,"version":"${at}"`)).join(',')),
  },
  {
    ...{ name: 'components that need each other in a circle', to: 'sbom', end: 'read', lean: true },
    bytes: () =>
      sbomWith(
        component(',"bom-ref":"a"'),
        ',"dependencies":[{"ref":"a","dependsOn":["b"]},{"ref":"b","dependsOn":["a"]}]',
      ),
  },
  ...signatures,
  ...cutOff(every),
]
