import { mkdtempSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { programOf } from './program.ts'

let folder: string
let program: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'suture-program-'))
  writeFileSync(join(folder, 'read.ts'), `import { word } from './word.ts'\nexport const read = (): string => word\n`)
  say('first')
})
afterAll(() => {
  rmSync(folder, { recursive: true })
  rmSync(program, { force: true })
})

const say = (word: string) => writeFileSync(join(folder, 'word.ts'), `export const word: string = '${word}'\n`)

let starts = 0
/** As a process that has just started asks for it. */
const programNow = async () => {
  const url = pathToFileURL(join(folder, 'read.ts'))
  url.search = String(starts++)
  program = fileURLToPath(await programOf(url))
  return program
}
const said = async (): Promise<string> => {
  const url = pathToFileURL(await programNow())
  url.search = String(starts++)
  return ((await import(/* @vite-ignore */ url.href)) as { read(): string }).read()
}

test('a program is bundled once, and again when a source has changed or the file was cut short', async () => {
  expect(await said()).toBe('first')
  const made = statSync(program).ino
  expect(await said()).toBe('first')
  expect(statSync(program).ino).toBe(made)

  say('second')
  expect(await said()).toBe('second')
  truncateSync(program, 40)
  expect(await said()).toBe('second')
})

test('whoever asks at once finds a whole file', async () => {
  say('third')
  await Promise.all(Array.from({ length: 8 }, programNow))
  expect(await said()).toBe('third')
})

test('a module that does not parse is told with its name, and is bundled once it does', async () => {
  writeFileSync(join(folder, 'word.ts'), 'export const word: = 7')
  await expect(programNow()).rejects.toThrow('word.ts')
  say('fourth')
  expect(await said()).toBe('fourth')
})

test('it is JavaScript that imports nothing but Node', async () => {
  const text = readFileSync(fileURLToPath(await programOf(new URL('./child.ts', import.meta.url))), 'utf8')
  const imported = [...text.matchAll(/^import .* from "(.*)"/gm)].map(([, name = '']) => name)
  expect(imported.length).toBeGreaterThan(0)
  expect(imported.filter((name) => !name.startsWith('node:'))).toEqual([])
  expect(text).not.toContain('import type')
})
