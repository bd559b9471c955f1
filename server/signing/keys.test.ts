import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { newSigningKey, publicHalf } from '@suture/trust/keys.ts'
import { writeSignerKeys } from '@suture/trust/signer-keys.ts'
import { expect, onTestFinished, test } from 'vitest'
import { readSignerKeys } from './keys.operations.ts'

const newKeys = () => ({
  'rollout-plan': publicHalf(newSigningKey()),
  'release-publish': publicHalf(newSigningKey()),
  evidence: publicHalf(newSigningKey()),
})

test('new keys count as soon as they take the place of the old ones, and none count once the file is gone', () => {
  const folder = mkdtempSync(join(tmpdir(), 'suture-keys-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'public.json')
  expect(() => readSignerKeys(file)).toThrow('signing/no-signer')
  for (const keys of [newKeys(), newKeys(), newKeys()]) {
    writeFileSync(`${file}.new`, writeSignerKeys(keys))
    renameSync(`${file}.new`, file)
    for (const _again of [1, 2]) expect(readSignerKeys(file).evidence.keyId).toBe(keys.evidence.keyId)
  }
  rmSync(file)
  expect(() => readSignerKeys(file)).toThrow('signing/no-signer')
})
