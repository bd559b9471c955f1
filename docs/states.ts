import { type Drawing, drawingsOf, word } from './machines.ts'

interface Arrow {
  readonly from: string
  readonly event: string
  readonly to: string
}

/** What people follow, in the order in which they meet it, and where the glossary says what its states mean. */
const followed = [
  { machine: 'release', title: 'A release', section: 'Release states' },
  { machine: 'rollout', title: 'A rollout', section: 'Rollout states' },
  { machine: 'wave', title: 'A wave', section: 'Wave states' },
  { machine: 'job', title: 'A job: one device’s passage through a rollout', section: 'Job states' },
] as const

/** What the glossary says of each word of a section; what it adds about other things with that state is left out. */
export function meaningsIn(glossary: string, section: string): ReadonlyMap<string, string> {
  const [, text = ''] = glossary.split(`\n## ${section}\n`)
  const lines = text.replace(/\n## [\s\S]*/, '').matchAll(/^- `([^`]+)`: (.*?)(?: Of a .*)?$/gm)
  return new Map([...lines].map(([, word = '', meaning = '']) => [word, meaning]))
}

/** The steps of a machine from one state to another, each pair once. */
function arrowsOf({ steps }: Pick<Drawing, 'steps'>): readonly Arrow[] {
  const all = steps.flatMap(({ from, event, to }) => to.map((each) => ({ from, event, to: each })))
  return all.filter(
    ({ from, to }, at) => from !== to && all.findIndex((each) => each.from === from && each.to === to) === at,
  )
}

const many = 3

/**
 * A machine for people: of what leads onwards only the next step, because what skips states is longer to look at and no
 * news; an end that many states lead to is drawn from the box around all of them.
 */
export function picture(drawing: Pick<Drawing, 'states' | 'steps'>): string {
  const arrows = arrowsOf(drawing)
  const met = drawing.states.filter((state) => arrows.some(({ from, to }) => from === state || to === state))
  const rank = (state: string) => met.indexOf(state)
  const open = met.filter((state) => arrows.some(({ from }) => from === state))
  const into = (state: string) => arrows.filter(({ to }) => to === state)
  const between = arrows.filter(({ to }) => open.includes(to))
  const onwards = open.flatMap((state) => {
    const ahead = between.filter(({ from, to }) => from === state && rank(to) > rank(state))
    return ahead.sort((a, b) => rank(a.to) - rank(b.to)).slice(0, 1)
  })
  const drawn = [...onwards, ...between.filter(({ from, to }) => rank(to) < rank(from))]
  const apart = open.slice(1).filter((state) => !drawn.some(({ to }) => to === state))
  const within = [...drawn, ...apart.flatMap(into)]
  const ends = met.filter((state) => !open.includes(state)).map(into)
  const line = ({ from, event, to }: Arrow) => `${word(from)} --> ${word(to)}: ${event}`
  return [
    'stateDiagram-v2',
    ...met.filter((state) => word(state) !== state).map((state) => `  state "${state}" as ${word(state)}`),
    '  state "under way" as under_way {',
    `    [*] --> ${word(met[0] ?? '')}`,
    ...within.map((arrow) => `    ${line(arrow)}`),
    '  }',
    ...ends
      .flatMap((each) => (each.length < many ? each.map(line) : [`under_way --> ${word((each[0] as Arrow).to)}`]))
      .map((each) => `  ${each}`),
  ].join('\n')
}

function section(title: string, drawing: Drawing, meanings: ReadonlyMap<string, string>): string {
  const arrows = arrowsOf(drawing)
  const rows = drawing.states.flatMap((state, at) => {
    const before = arrows.filter(({ to }) => to === state).map(({ from }) => `\`${from}\``)
    if (at > 0 && before.length === 0) return []
    const meaning = meanings.get(state)
    if (meaning === undefined) throw new Error(`The glossary does not say what ${state} means: ${drawing.path}`)
    return [`| \`${state}\` | ${meaning} | ${before.join(' ')} |`]
  })
  return `## ${title}

\`\`\`mermaid
${picture(drawing)}
\`\`\`

| State | What it means | Comes after |
|---|---|---|
${rows.join('\n')}`
}

/** The page that says to people which states there are: the machines without their shortcuts, the words of the glossary. */
export function statesPage(files: ReadonlyMap<string, string>, glossary: string): string {
  const drawings = drawingsOf(files)
  const sections = followed.map(({ machine, title, section: words }) => {
    const drawing = drawings.find(({ name }) => name === machine)
    if (drawing === undefined) throw new Error(`There is no machine ${machine}`)
    return section(title, drawing, meaningsIn(glossary, words))
  })
  return `# Which states there are

What you see as a badge in the console and as a word everywhere else. The drawings are read off the tables that decide. Of what leads onwards
they show the next step only, though a device may skip some: it may be seen \`installing\` that was never seen \`downloading\`. An arrow that leaves the box
can begin in most of its states; the last column says in which. [Every step of every table](../machines.md) is on a page of its own.

${sections.join('\n\n')}
`
}
