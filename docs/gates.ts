import { type UpdateGate, updateGates, updateStops } from '../contract/update-gates.ts'

interface Stop {
  readonly gate: UpdateGate
  readonly kind: 'blocked' | 'waits' | 'done'
  readonly says: string
  readonly remedy?: string
}

const stops: readonly Stop[] = Object.values(updateStops)

const kinds: Readonly<Record<Stop['kind'], string>> = {
  blocked: 'somebody has to act',
  waits: 'time or the device will tell',
  done: 'there is nothing to do',
}

/** What stands in braces is a figure of the one device. */
const words = (text: string) => text.replaceAll(/\{(\w+)\}/g, '*$1*')

/** The gates as Mermaid draws them: by their numbers, because `end` is a word of its own there. */
const drawing = (): string =>
  [
    'flowchart TD',
    ...Object.values(updateGates).map((says, at) => `  g${at + 1}["${at + 1}. ${says}"]`),
    ...Object.values(updateGates)
      .slice(1)
      .map((_, at) => `  g${at + 1} --> g${at + 2}`),
  ].join('\n')

const sectionOf = ([gate, says]: [string, string], at: number): string => {
  const rows = stops
    .filter((stop) => stop.gate === gate)
    .map(
      ({ kind, says: why, remedy }) =>
        `| ${words(why)} | ${kinds[kind]} | ${remedy === undefined ? '' : words(remedy)} |`,
    )
  return `## ${at + 1}. ${says}\n\n| It stays because | Then | What to do |\n|---|---|---|\n${rows.join('\n')}`
}

/** Why a device does not update: every gate in the order in which the engine asks, and everything that can hold there. */
export function gatesPage(): string {
  const sections = Object.entries(updateGates).map(sectionOf)
  return `# Why a device does not update

A device passes these gates in this order. The first that it does not pass is why it stays, and nothing behind it was looked at. The device's page
in the console shows it, and so does \`suture device why DEVICE\`: it is the answer of the engine that decides, not a guess about it.

\`\`\`mermaid
${drawing()}
\`\`\`

${sections.join('\n\n')}
`
}
