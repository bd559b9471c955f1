import { readdirSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { refusals } from './contract/refusals.ts'
import { wrongCommands } from './docs/commands.ts'
import { meaningOf } from './docs/glossary.ts'
import { deadLinks, readPages, wrongPictures } from './docs/pages.ts'
import { meaningsIn, picture } from './docs/states.ts'
import { unknownClicks, unknownNames } from './docs/told.ts'
import manifest from './package.json' with { type: 'json' }
import { readTree } from './testing/architecture/picture.ts'

const root = import.meta.dirname
const pages = readPages(root)
const files = readTree(root)
const onePage = (text: string) => new Map([['docs/a.md', text]])

describe('the links of pages', () => {
  test('lead to files and headings that are there', () => {
    expect(pages.size).toBeGreaterThan(60)
    expect(deadLinks(root, pages)).toEqual([])
  })

  test('are found dead when the file, the heading here or the heading there is missing', () => {
    const text =
      '# Here we are\n[x](../nowhere.ts#L1) [y](https://example.org) [z](#here-we-are) [z](#gone) [g](glossary.md#fleets)'
    expect(deadLinks(root, onePage(`${text}\n\`\`\`sh\n# gone\ncp [a](b)\n\`\`\``))).toEqual([
      'docs/a.md leads to ../nowhere.ts, which is not there',
      'docs/a.md leads to #gone, and there is no such heading',
      'docs/a.md leads to glossary.md#fleets, and there is no such heading',
    ])
  })
})

describe('the commands of pages', () => {
  test('are ones that the command line takes, with their options and queries', () => {
    expect(wrongCommands(pages)).toEqual([])
  })

  test('are found wrong by their verb, option, value, query, or a missing part, wherever they stand', () => {
    const text = [
      'As `suture device melt` does, or `suture device list --hot`, or `suture device show`.',
      '```sh',
      'suture volcano list',
      "npx suture device list -q 'vendr:axis'",
      'id=$(suture rollout show) && suture rollout jobs R --state molten | cat',
      '$ suture device list --count # suture melt',
      'suture backup create one two',
      "cat > x <<'END'",
      'suture melt',
      'END',
      '```',
    ].join('\n')
    const wrong = wrongCommands(onePage(text)).map((line) => line.replace('docs/a.md: suture ', ''))
    expect(wrong).toEqual([
      "volcano list: unknown command 'volcano'",
      'device list -q vendr:axis: There is no field `vendr`.',
      "rollout show: missing required argument 'rollout'",
      expect.stringContaining("argument 'molten' is invalid"),
      expect.stringContaining('too many arguments'),
      "device melt: unknown command 'melt'",
      "device list --hot: unknown option '--hot'",
    ])
  })

  test('are checked also where a guide speaks for several people', () => {
    const text = '```sh\nas() { who=$1; shift; }\nas admin device melt\n```'
    expect(wrongCommands(onePage(text))).toEqual([expect.stringContaining('unknown command')])
    expect(wrongCommands(onePage(text.replace('as() {', 'be() {')))).toEqual([])
  })
})

describe('what guides tell to click', () => {
  const led = new Map([...pages].filter(([path]) => /^docs\/(guides\/|concepts\/(?!gates)|quick-start)/.test(path)))
  const console = [...files]
    .filter(([path]) => /^(console|contract)\/.*\.tsx?$/.test(path) && !path.includes('.test.'))
    .map(([, text]) => text)

  test('is in the console', () => {
    expect(led.size).toBeGreaterThan(15)
    expect(unknownClicks(led, console)).toEqual([])
  })

  test('is noticed when it is not', () => {
    expect(unknownClicks(onePage('Press *Melt it*, then **not this** and `*nor* this`.'), console)).toEqual([
      'docs/a.md: the console has no “Melt it”',
    ])
  })
})

describe('the settings and scripts that pages name', () => {
  const sources = [...files]
    .filter(([path]) => /(?<!\.test)\.(ts|mjs)$/.test(path) && !path.startsWith('docs/'))
    .map(([, text]) => text)
  const scripts = Object.keys(manifest.scripts)

  test('are there', () => {
    expect(unknownNames(pages, sources, scripts)).toEqual([])
  })

  test('are noticed when they are not', () => {
    const text = 'Set `SUTURE_HOME` and `SUTURE_LAVA`, then `npm run docs` and `npm run --silent melt:all`.'
    expect(unknownNames(onePage(text), sources, scripts)).toEqual([
      'docs/a.md: nothing knows SUTURE_LAVA',
      'docs/a.md: nothing knows npm run melt:all',
    ])
  })
})

describe('the pictures of pages', () => {
  const kept = readdirSync(join(root, 'docs/screens')).map((name) => `docs/screens/${name}`)

  test('are there, are told to whoever cannot see them, and none is kept for nothing', () => {
    expect(wrongPictures(root, pages, kept)).toEqual([])
  })

  test('weigh less than 1.5 MiB together, because every clone carries them', () => {
    const bytes = kept.reduce((sum, path) => sum + statSync(join(root, path)).size, 0)
    expect(bytes).toBeLessThan(1.5 * 2 ** 20)
  })

  test('are found wrong when one is missing, mute or forgotten', () => {
    const text =
      '![](glossary.md) <picture><source srcset="gone.webp"><img alt=" " src="nowhere.webp"></picture> ![a map](README.md)'
    expect(wrongPictures(root, onePage(text), ['docs/screens/old.webp'])).toEqual([
      'docs/a.md shows gone.webp, which is not there',
      'docs/a.md shows nowhere.webp, which is not there',
      'docs/a.md shows glossary.md and does not say what it shows',
      'docs/a.md shows nowhere.webp and does not say what it shows',
      'docs/screens/old.webp is shown nowhere',
    ])
  })
})

describe('the page of states', () => {
  const steps = [
    { from: 'open', event: 'turn', to: ['turning'] },
    { from: 'open', event: 'slam', to: ['shut'] },
    { from: 'turning', event: 'turn', to: ['turning', 'stuck'] },
    { from: 'turning', event: 'slam', to: ['shut'] },
    { from: 'stuck', event: 'oil', to: ['open'] },
    { from: 'stuck', event: 'slam', to: ['shut'] },
    { from: 'stuck', event: 'break', to: ['broken-off'] },
  ]

  test('draws the next step onwards, every step back, and ends from the box where many lead there', () => {
    const states = ['open', 'turning', 'stuck', 'shut', 'broken-off', 'never-met']
    expect(picture({ states, steps }).split('\n')).toEqual([
      'stateDiagram-v2',
      '  state "broken-off" as broken_off',
      '  state "under way" as under_way {',
      '    [*] --> open',
      '    open --> turning: turn',
      '    turning --> stuck: turn',
      '    stuck --> open: oil',
      '  }',
      '  under_way --> shut',
      '  stuck --> broken_off: break',
    ])
  })

  test('takes what a state means from the glossary, without what it means of other things', () => {
    const glossary = '\n## Doors\n\n- `shut`: Nobody comes in. Of a window: no air does.\n\n## Else\n\n- `open`: No.\n'
    expect([...meaningsIn(glossary, 'Doors')]).toEqual([['shut', 'Nobody comes in.']])
    expect(() => meaningOf(glossary, 'ajar')).toThrow('The glossary does not explain ajar')
  })
})

/** What a refusal lacks of what, why and what to do: two sentences that are not the same, without their full stops. */
const incomplete = (catalogue: Readonly<Record<string, { readonly says: string; readonly remedy: string }>>) =>
  Object.entries(catalogue)
    .filter(([, { says, remedy }]) => says === remedy || [says, remedy].some((text) => !/^[A-Z].{9,}[^.]$/s.test(text)))
    .map(([code]) => code)

test('every refusal says what was refused and what to do', () => {
  expect(incomplete(refusals)).toEqual([])
  const whole = { says: 'The door is shut', remedy: 'Knock, and wait' }
  const lacking = {
    a: { ...whole, remedy: '' },
    b: { ...whole, says: 'the door is shut' },
    c: { ...whole, remedy: whole.says },
  }
  expect(incomplete({ ...lacking, d: whole })).toEqual(['a', 'b', 'c'])
})
