import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

const textsIn = (folder: string, names: RegExp): readonly string[] =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((path) => names.test(path) && !/(^|[/\\])(dist|node_modules)[/\\]|\.test\./.test(path))
    .map((path) => readFileSync(join(folder, path), 'utf8'))

const verbs = textsIn(join(import.meta.dirname, 'verbs'), /\.ts$/)
const console = textsIn(join(import.meta.dirname, '../console'), /\.tsx?$/)

/** The commands that a text names, with their options: what stands between `suture` and the end of its string. */
const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/['"`]suture ([^'"`\n]+)/g)].map(([, line]) => line?.trim() ?? '')

/** Whether each of these words is a command, and some command takes these options. */
function isKnown(line: string): boolean {
  const words = /^[a-z-]+( [a-z][a-z-]*)*/.exec(line)?.[0].split(' ') ?? []
  const options = (line.match(/ --[a-z-]+/g) ?? []).filter((option) => option !== ' --help')
  return (
    words.every((word) => verbs.some((text) => text.includes(`.command('${word}')`))) &&
    verbs.some((text) => options.every((option) => new RegExp(`'${option.trim()}[ ']`).test(text)))
  )
}

test('every command that the console names is one, and takes the options that stand with it', () => {
  const named = [...new Set(console.flatMap(commandsIn))]
  expect(named.length).toBeGreaterThan(20)
  expect(named.filter((line) => !isKnown(line))).toEqual([])
})

test('a command that is gone, or an option that it never took, is noticed', () => {
  for (const line of ['device melt', 'volcano list', 'device list --hot 1', 'melt']) {
    expect(commandsIn(`way: \`suture ${line}\``)).toEqual([line])
    expect([line, isKnown(line)]).toEqual([line, false])
  }
})
