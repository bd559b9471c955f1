import { sha256 } from '@suture/trust/digest.ts'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { readSbom } from './sbom.operations.ts'

const mebibyte = 1024 * 1024
const usual = 16 * mebibyte

interface Listed {
  readonly [field: string]: unknown
  readonly components?: readonly Listed[]
}
const library = (name: string, more: object = {}): Listed => ({ type: 'library', name, version: '1.0', ...more })
const written = (document: object) =>
  Buffer.from(JSON.stringify({ bomFormat: 'CycloneDX', specVersion: '1.6', version: 1, ...document }))
const read = (document: object) => readSbom({ bytes: written(document) }, usual)
const refusal = (bytes: Uint8Array, mostBytes = usual) =>
  readSbom({ bytes }, mostBytes).then(
    ({ components }) => `${components.length} components`,
    ({ code, detail }) => `${code}: ${detail?.detail}`,
  )

test.each(['1.4', '1.5', '1.6'])(
  'the components of a CycloneDX %s document are read, nested ones too',
  async (specVersion) => {
    const document = {
      specVersion,
      serialNumber: 'urn:uuid:3e671687-395b-41f5-a30f-a58921a69b79',
      metadata: { component: { type: 'firmware', name: 'router', components: [library('boot')] } },
      components: [
        library('openssl', {
          supplier: { name: 'OpenSSL' },
          purl: 'pkg:generic/openssl@1.0',
          cpe: 'cpe:2.3:a:openssl:openssl:1.0:*:*:*:*:*:*:*',
          components: [library('asm', { components: [{ type: 'file', name: 'aes.s' }] })],
        }),
        library('core', { group: '@angular', publisher: 'Google', version: '' }),
      ],
    }
    expect(await read(document)).toEqual({
      specVersion,
      sha256: sha256(written(document)),
      serialNumber: document.serialNumber,
      components: [
        { type: 'library', name: 'boot', version: '1.0' },
        {
          type: 'library',
          name: 'openssl',
          version: '1.0',
          supplier: 'OpenSSL',
          purl: 'pkg:generic/openssl@1.0',
          cpe: 'cpe:2.3:a:openssl:openssl:1.0:*:*:*:*:*:*:*',
        },
        { type: 'library', name: 'asm', version: '1.0' },
        { type: 'file', name: 'aes.s' },
        { type: 'library', name: 'core', supplier: 'Google', group: '@angular' },
      ],
    })
  },
)

describe('an SBOM is refused when', () => {
  const nested = (levels: number): Buffer => Buffer.from(`{"bomFormat":${'['.repeat(levels)}${']'.repeat(levels)}}`)
  test.each<[string, Uint8Array, RegExp]>([
    ['it is cut short', written({ components: [library('a')] }).subarray(0, -5), /^input\/unreadable: .*JSON/],
    ['it is empty', new Uint8Array(), /^input\/unreadable: .*JSON/],
    ['it is no UTF-8', Buffer.from([0x22, 0xff, 0x22]), /^input\/unreadable: /],
    ['it is null', Buffer.from('null'), /bomFormat/],
    ['it is something else', Buffer.from('{"spdxVersion":"SPDX-2.3"}'), /bomFormat/],
    ['it is of another version', written({ specVersion: '1.3' }), /1\.4, 1\.5 and 1\.6/],
    ['it nests a million times', nested(1_000_000), /^input\/too-deep/],
    ['a component has no name', written({ components: [{ type: 'library' }] }), /\/components\/0 .*'name'/],
    ['a field has the wrong type', written({ components: [library('a', { purl: 7 })] }), /\/components\/0\/purl/],
    ['a field is there that the standard lacks', written({ components: [library('a', { x: 1 })] }), /additional/],
    [
      'a licence is none that SPDX knows',
      written({ components: [library('a', { licenses: [{ license: { id: 'Mine' } }] })] }),
      /\/components\/0\/licenses/,
    ],
    [
      'the fault is in a part that few documents have',
      written({ components: [library('a')], vulnerabilities: [{ ratings: [{ severity: 'dire' }] }] }),
      /\/vulnerabilities\/0\/ratings\/0\/severity/,
    ],
    [
      'the signature is none',
      written({ components: [library('a')], signature: { algorithm: 'RS256' } }),
      /\/signature /,
    ],
    ['a component is listed twice', written({ components: [library('a'), library('a')] }), /uniqueItems/],
    [
      'a component is listed twice with its fields in another order',
      Buffer.from(
        written({})
          .toString()
          .slice(0, -1)
          .concat(',"components":[{"type":"file","name":"a"},{"name":"a","type":"file"}]}'),
      ),
      /uniqueItems/,
    ],
    ['it lists nothing', written({ components: [] }), /^input\/unreadable: .*lists no component/],
    ['a nested component is null', written({ components: [library('a', { components: [null] })] }), /components\/0/],
    [
      'a name is longer than any',
      written({ components: [library('n'.repeat(513))] }),
      /another form.*components\.0\.name: Too big/,
    ],
    [
      'a name has a NUL',
      written({ components: [library('a\u0000b')] }),
      /components\.0\.name: no control or direction characters/,
    ],
    ['a name turns the text around', written({ components: [library('a\u202eb')] }), /components\.0\.name: no control/],
    [
      'a version has half a surrogate pair',
      written({ components: [library('a', { version: '\ud800' })] }),
      /components\.0\.version: no control or direction characters/,
    ],
    [
      'it lists more components than 50,000',
      written({ components: Array.from({ length: 50_001 }, (_, i) => ({ type: 'file', name: `f${i}` })) }),
      /^input\/too-large: .*more than 50000 components/,
    ],
  ])('%s', async (_when, bytes, says) => {
    expect(await refusal(bytes)).toMatch(says)
  })

  test('its components hold more text than is kept of one', async () => {
    const wide = Array.from({ length: 20_000 }, (_, i) => library(`${i}`, { purl: 'p'.repeat(2_000) }))
    expect(await refusal(written({ components: wide }), 64 * mebibyte)).toMatch(/^input\/too-large: What was read/)
  })
})

test('whatever bytes come, they are read or refused, and nothing else happens', async () => {
  const some = written({ components: [library('a'), library('b', { components: [library('c')] })] })
  const cut = fc.tuple(fc.nat(some.length), fc.uint8Array({ maxLength: 12 }))
  await fc.assert(
    fc.asyncProperty(cut, async ([at, noise]) => {
      const bytes = Buffer.concat([some.subarray(0, at), noise, some.subarray(at + noise.length)])
      expect(await refusal(bytes)).toMatch(/^(input\/unreadable: .+|\d components)$/)
    }),
    { numRuns: 12 },
  )
})
