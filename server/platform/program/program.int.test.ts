import { spawn } from 'node:child_process'
import { once } from 'node:events'
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest'
import { packages, programsOf } from './program.ts'

let root: string
let outermost: string
beforeEach(() => {
  outermost = mkdtempSync(join(tmpdir(), 'suture-programs-'))
  root = outermost
  mkdirSync(join(root, 'server'))
  put('package-lock.json', '{}')
  put('server/read.ts', `import { word } from './barrel.ts'\nexport const read = (): string => word\n`)
  put('server/barrel.ts', `export { word } from './first.ts'\n`)
  put('server/first.ts', `import { most } from './most.ts'\nexport const word: string = 'first' + most\n`)
  put('server/second.ts', `export const word: string = 'second'\n`)
  put('server/most.ts', 'export const most: number = 5\n')
})
afterEach(() => rmSync(outermost, { recursive: true }))

const put = (path: string, text: string) => writeFileSync(join(root, path), text)
const module = () => pathToFileURL(join(root, 'server/read.ts'))
const tree = () => ({
  root,
  modules: join(root, 'server'),
  sources: ['server', ...packages],
  programs: join(root, 'dist/sandbox'),
})
/** As a process that has just started finds it. */
const found = () => programsOf(tree()).make(module())
const said = async (): Promise<string> =>
  ((await import(/* @vite-ignore */ (await found()).href)) as { read(): string }).read()

test('a program is made once, and again when anything that it comes from has changed', async () => {
  expect(await said()).toBe('first5')
  const { ino } = statSync(await found())
  expect(statSync(await found()).ino).toBe(ino)

  // Nothing of either file is left in the program, but what it does depends on them.
  put('server/most.ts', 'export const most: number = 6\n')
  expect(await said()).toBe('first6')
  put('server/barrel.ts', `export { word } from './second.ts'\n`)
  expect(await said()).toBe('second')
  expect(readdirSync(join(root, 'dist/sandbox'))).toHaveLength(1)

  const before = await found()
  put('package-lock.json', '{ "name": "other packages" }')
  const wanted = await found()
  expect(wanted.href).not.toBe(before.href)
  mkdirSync(join(root, 'node_modules'))
  put('node_modules/.package-lock.json', '{ "name": "other packages, installed" }')
  expect((await found()).href).not.toBe(wanted.href)
})

test('what a process has found is made again when it was removed, but never from other sources', async () => {
  const { make: programOf } = programsOf(tree())
  const program = await programOf(module())
  rmSync(join(root, 'dist'), { recursive: true })
  expect(statSync(await programOf(module())).isFile()).toBe(true)
  rmSync(program)
  put('server/most.ts', 'export const most: number = 7\n')
  await expect(programOf(module())).rejects.toThrow('start it again')
})

test('processes that ask at once find a whole program, and nobody ever sees half of one', async () => {
  put('server/first.ts', `export const word: string = 'first'\nexport const rest = '${'x'.repeat(8 * 2 ** 20)}'\n`)
  put(
    'server/read.ts',
    `import * as all from './first.ts'\nexport const read = () => all.word + Object.values(all).join('').length\n`,
  )
  const script = `
    const { programsOf } = await import(process.argv[1])
    const program = await programsOf(JSON.parse(process.argv[2])).make(new URL(process.argv[3]))
    process.stdout.write((await import(program.href)).read())`
  const given = [new URL('./program.ts', import.meta.url).href, JSON.stringify(tree()), module().href]
  const asked = Array.from({ length: 2 }, async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, ...given], { cwd: root })
    let text = ''
    child.stdout.on('data', (chunk) => {
      text += String(chunk)
    })
    await once(child, 'close')
    return text
  })
  // As often as the processor can: writing it takes some milliseconds.
  const folder = () => (existsSync(tree().programs) ? readdirSync(tree().programs)[0] : undefined)
  let [digest, first]: [string | undefined, number | undefined] = [undefined, undefined]
  for (const end = Date.now() + 20_000; first === undefined && Date.now() < end; digest ??= folder())
    if (digest) first = statSync(join(tree().programs, digest, 'read.ts.mjs'), { throwIfNoEntry: false })?.size
  expect(await Promise.all(asked)).toEqual(Array(2).fill(`first${8 * 2 ** 20 + 'first'.length}`))
  expect(first).toBe(statSync(await found()).size)
})

test('others cannot change a program, whatever the umask', async () => {
  const before = process.umask(0)
  onTestFinished(() => void process.umask(before))
  const program = fileURLToPath(await found())
  const modes = [program, join(root, 'dist/sandbox'), join(root, 'dist')].map((path) => statSync(path).mode & 0o777)
  expect(modes).toEqual([0o644, 0o755, 0o755])
})

test('what does not parse, or is not there, is told with its name, and nothing is kept of it', async () => {
  put('server/most.ts', 'export const most: = 7')
  await expect(found()).rejects.toThrow('most.ts')
  put('server/most.ts', `export { most } from 'no-such-package'\n`)
  await expect(found()).rejects.toThrow('no-such-package')
  put('server/most.ts', 'export const most: number = 8\n')
  expect(await said()).toBe('first8')
})

test('a folder that may not be written is named, with what to do', async () => {
  mkdirSync(tree().programs, { recursive: true })
  chmodSync(root, 0o755)
  chmodSync(tree().programs, 0o555)
  // Root may write everywhere, so it is somebody else for a moment.
  const isRoot = process.geteuid?.() === 0
  if (isRoot) process.seteuid?.(65_534)
  const refused = await found().catch((error: unknown) => error)
  if (isRoot) process.seteuid?.(0)
  chmodSync(tree().programs, 0o755)
  expect(String(refused)).toMatch(/dist\/sandbox cannot be written \(EACCES\).*run `suture build` once/)
})

test('where the tree lies is not mistaken for what is in it', async () => {
  const within = join(root, 'dist', 'suture')
  mkdirSync(within, { recursive: true })
  cpSync(join(root, 'server'), join(within, 'server'), { recursive: true })
  cpSync(join(root, 'package-lock.json'), join(within, 'package-lock.json'))
  root = within
  expect(await said()).toBe('first5')
  put('server/most.ts', 'export const most: number = 9\n')
  expect(await said()).toBe('first9')
})

test.each([
  ['nothing of it', (text: string) => text.slice(0, 0)],
  ['a part of it', (text: string) => text.slice(0, -100)],
  ['all but the last sign', (text: string) => text.slice(0, -1)],
  ['something else of the same length', (text: string) => text.replace('first', 'wrong')],
])('a program of which there is only %s counts for nothing, and is made again', async (_what, damage) => {
  expect(await said()).toBe('first5')
  const program = await found()
  const whole = readFileSync(program, 'utf8')
  writeFileSync(program, damage(whole))
  expect(programsOf(tree()).find(module())).toBeUndefined()
  expect(readFileSync(await found(), 'utf8')).toBe(whole)
})

test('what a link leads to is a source like the others', async () => {
  mkdirSync(join(root, 'elsewhere'))
  put('elsewhere/most.ts', 'export const most: number = 11\n')
  rmSync(join(root, 'server/most.ts'))
  symlinkSync(join(root, 'elsewhere/most.ts'), join(root, 'server/most.ts'))
  expect(await said()).toBe('first11')
  put('elsewhere/most.ts', 'export const most: number = 12\n')
  expect(await said()).toBe('first12')
})

test('until it is made there is none, and one of other sources is none', async () => {
  const find = () => programsOf(tree()).find(module())
  expect(find()).toBeUndefined()
  const made = await found()
  expect(find()).toEqual(made)
  put('server/most.ts', 'export const most: number = 10\n')
  expect(find()).toBeUndefined()
  rmSync(join(root, 'server'), { recursive: true })
  expect(find()).toBeUndefined()
})

test('what stays outside is loaded when it is wanted, and what went in finds what lay beside it', async () => {
  mkdirSync(join(root, 'node_modules/elsewhere'), { recursive: true })
  put('node_modules/elsewhere/index.mjs', `export const word = 'elsewhere'\n`)
  put('server/beside it.ts', `export const place: string = new URL('./first.ts', import.meta.url).href\n`)
  put(
    'server/read.ts',
    `import { place } from './beside it.ts'
    export const read = async () => [place, (await import('elsewhere')).word]\n`,
  )
  const program = await programsOf({ ...tree(), outside: /^elsewhere$/ }).make(module())
  const { read } = (await import(/* @vite-ignore */ program.href)) as { read(): Promise<readonly string[]> }
  expect(await read()).toEqual([pathToFileURL(join(root, 'server/first.ts')).href, 'elsewhere'])
  expect(readFileSync(program, 'utf8')).not.toContain(root)
})

test('it is JavaScript that imports nothing but Node', async () => {
  const text = readFileSync(await found(), 'utf8')
  expect(text).toContain('first')
  expect(text).not.toMatch(/^import|: string/m)
})
