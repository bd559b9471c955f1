import { draftPack, packBytes, packPublicKeys, saidOfPack, sealPack } from '@suture/testing/evidence-pack.ts'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { answered } from './answers.ts'
import { newSigningKey, publicHalf } from './keys.ts'
import { FailedCheck, packVerification, type Verification } from './pack-verification.ts'
import { writeSignerKeys } from './signer-keys.ts'
import { readVerifyingKeys } from './signer-keys-file.ts'
import { answeredByWeb, canVerify } from './web-answers.ts'

const good = sealPack(draftPack())
const goodBytes = packBytes(good)
const text = goodBytes.toString()

/** What the same verification says with WebCrypto. */
async function saidByWeb(bytes: Uint8Array, keys = packPublicKeys, options: Verification = {}): Promise<string> {
  try {
    await answeredByWeb(packVerification(bytes, keys, options))
    return 'verified'
  } catch (error) {
    if (error instanceof FailedCheck) return error.message
    throw error
  }
}

/** What both say, which is to be the same. */
async function said(bytes: Uint8Array, keys = packPublicKeys, options: Verification = {}): Promise<string> {
  const byNode = saidOfPack(bytes, keys, options)
  expect(await saidByWeb(bytes, keys, options)).toBe(byNode)
  return byNode
}

const swap = (letter: string): string => (letter === 'A' ? 'B' : 'A')

/** Changes one letter at a place behind a marker, in the part of the pack that begins with `from`. */
function flipped(from: string, marker: string, by: number): Buffer {
  const part = text.indexOf(from)
  const at = text.indexOf(marker, part) + marker.length + by
  if (part < 0 || at < marker.length) throw new Error(`The pack has no ${from} ${marker}`)
  return Buffer.from(text.slice(0, at) + swap(text[at] ?? '') + text.slice(at + 1))
}

const changed = (from: string, to: string): Buffer => {
  if (!text.includes(from)) throw new Error(`The pack has no ${from}`)
  return Buffer.from(text.replace(from, to))
}

test('an untouched pack verifies with WebCrypto, check by check as with Node', async () => {
  const steps: string[] = []
  const verified = await answeredByWeb(
    packVerification(goodBytes, packPublicKeys, { passed: ({ check }) => steps.push(check) }),
  )
  expect(verified).toEqual(answered(packVerification(goodBytes, packPublicKeys)))
  expect(steps).toEqual([
    'file',
    'statement',
    'plan',
    'release',
    'verdict',
    'approvals',
    'proofs',
    'results',
    'findings',
  ])
})

// Each part that stands in a pack, and the check that names it.
test.each<[part: string, check: string, bytes: () => Buffer]>([
  ['the format', 'file', () => changed('evidence-pack.v1', 'evidence-pack.v2')],
  ['the statement’s payload', 'statement', () => flipped('"statement":', '"payload":"', 40)],
  ['the statement’s signature', 'statement', () => flipped('"statement":', '"sig":"', 10)],
  ['the name of the statement’s key', 'statement', () => changed(packPublicKeys.evidence.keyId, '0'.repeat(64))],
  [
    'the statement’s type',
    'statement',
    () => changed('vnd.suture.rollout-evidence.v1', 'vnd.suture.rollout-evidence.v9'),
  ],
  ['the plan’s payload', 'plan', () => flipped('"plan":', '"payload":"', 40)],
  ['the plan’s signature', 'plan', () => flipped('"plan":', '"sig":"', 10)],
  ['the release’s payload', 'release', () => flipped('"release":', '"payload":"', 40)],
  ['the release’s signature', 'release', () => flipped('"release":', '"sig":"', 10)],
  ['the verdict’s payload', 'verdict', () => flipped('"verdict":', '"payload":"', 40)],
  ['the verdict’s signature', 'proofs', () => flipped('"verdict":', '"sig":"', 10)],
  ['an approval’s signature', 'approvals', () => flipped('"approvals":', '"signature":"', 10)],
  ['an approval’s public key', 'approvals', () => flipped('"approvals":', 'BEGIN PUBLIC KEY-----\\n', 30)],
  [
    'an approval’s key name',
    'approvals',
    () => changed(`"keyId":"${good.approvals[0]?.keyId}"`, `"keyId":"${'0'.repeat(64)}"`),
  ],
  ['an approver’s name', 'proofs', () => changed('"Ada"', '"Adb"')],
  ['a result', 'results', () => changed('"state":"silent"', '"state":"failed"')],
  ['a closed finding', 'findings', () => changed('CVE-2026-1234', 'CVE-2026-1235')],
])('a changed byte in %s is named by the check “%s”', async (_, check, bytes) => {
  expect(await said(bytes())).toMatch(new RegExp(`^${check}: `))
})

test.each(Object.keys(good))('a pack without its part “%s” is no pack, nor one with a part beside it', async (part) => {
  const { [part]: left, ...rest } = good as unknown as Record<string, unknown>
  expect(await said(Buffer.from(JSON.stringify(rest)))).toMatch(/^file: /)
  expect(await said(Buffer.from(JSON.stringify({ ...good, [`${part}2`]: left })))).toMatch(/^file: /)
})

test.each(['evidence', 'rollout-plan', 'release-publish'] as const)(
  'another key for %s verifies nothing',
  async (purpose) => {
    const keys = { ...packPublicKeys, [purpose]: publicHalf(newSigningKey()) }
    expect(await said(goodBytes, keys)).toMatch(/^(statement|plan|release): 0 of the expected keys/)
  },
)

test('a file beyond the limit, and one that nests without end, are refused before they are parsed', async () => {
  expect(await said(goodBytes, packPublicKeys, { maxBytes: 1000 })).toBe('file: The file is larger than 1000 bytes.')
  expect(await said(Buffer.from('['.repeat(1_000_000)))).toBe('file: The file nests deeper than 64 levels.')
})

test('whatever byte is changed, Node and WebCrypto say the same of it', async () => {
  await fc.assert(
    fc.asyncProperty(fc.nat(goodBytes.length - 1), fc.integer({ min: 0, max: 255 }), async (at, byte) => {
      fc.pre(goodBytes[at] !== byte)
      expect(await said(Buffer.from(goodBytes).fill(byte, at, at + 1))).not.toBe('verified')
    }),
    { numRuns: 300 },
  )
})

test('the signer’s public file gives the same keys to both', async () => {
  const keys = await answeredByWeb(readVerifyingKeys(writeSignerKeys(packPublicKeys)))
  expect(keys.evidence.keyId).toBe(packPublicKeys.evidence.keyId)
  expect(await said(goodBytes, keys as typeof packPublicKeys)).toBe('verified')
})

test('this engine can verify, and says so', async () => {
  expect(await canVerify()).toBe(true)
})
