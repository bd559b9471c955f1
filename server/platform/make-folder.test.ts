import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { makeFolder } from './make-folder.ts'

test('a folder and those above it are made for this user alone, and once', async () => {
  const place = await mkdtemp(join(tmpdir(), 'suture-folder-'))
  onTestFinished(() => rm(place, { recursive: true }))
  const path = join(place, 'a/b/c')
  await Promise.all([makeFolder(path), makeFolder(path)])
  for (const each of ['a', 'a/b', 'a/b/c']) expect((await stat(join(place, each))).mode & 0o777).toBe(0o700)
  await writeFile(join(place, 'file'), '')
  await expect(makeFolder(join(place, 'file/in'))).rejects.toThrow('ENOTDIR')
})

test.skipIf(process.platform !== 'linux')('what cannot be made is an error, not an endless search', async () => {
  await expect(makeFolder('/proc/suture/home')).rejects.toThrow('ENOENT')
})
