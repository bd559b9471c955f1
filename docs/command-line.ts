import { exitStatus } from '../cli/failure.ts'
import { suture } from '../cli/program.ts'

type Command = ReturnType<typeof suture>

/** `|` ends a cell of a table, also within code. */
const cell = (text: string) => text.replaceAll('|', '\\|')

const optionRow = ({ flags, description, argChoices, defaultValue }: Command['options'][number]): string => {
  const choices = argChoices === undefined || argChoices.length > 6 ? '' : ` (${argChoices.join(', ')})`
  const usual = defaultValue === undefined || Array.isArray(defaultValue) ? '' : `; otherwise ${defaultValue}`
  return `| \`${cell(flags)}\` | ${cell(description)}${choices}${usual} |`
}

const argumentText = (argument: Command['registeredArguments'][number]): string => {
  const name = `${argument.name().toUpperCase()}${argument.variadic ? '…' : ''}`
  return argument.required ? name : `[${name}]`
}

/** The commands without commands below them, each with the words that lead to it. */
const leavesOf = (command: Command, words: readonly string[] = []): readonly [string, Command][] =>
  command.commands.length === 0
    ? [[words.join(' '), command]]
    : command.commands.flatMap((each) => leavesOf(each, [...words, each.name()]))

function entryOf([words, command]: readonly [string, Command]): string {
  const call = ['suture', words, ...command.registeredArguments.map(argumentText)].join(' ')
  const options = command.options.filter(({ hidden }) => !hidden)
  const table =
    options.length === 0 ? '' : `\n\n| Option | What it says |\n|---|---|\n${options.map(optionRow).join('\n')}`
  return `### \`${call}\`\n\n${command.description()}.${table}`
}

const statusWords: Readonly<Record<keyof typeof exitStatus, string>> = {
  fault: 'Something failed, or did not end as it should',
  usage: 'The command was not understood, or a file is not as it must be',
  refused: 'The server said no, or a check did',
  notSignedIn: 'Nobody is signed in',
  unreachable: 'The server does not answer',
}

const statusRow = ([name, status]: [string, number]): string =>
  `| ${status} | ${statusWords[name as keyof typeof exitStatus]} |`

/** Every command as its own table of options has it. */
export function commandLinePage(): string {
  const program = suture()
  const sections = program.commands.map(
    (command) => `## \`${command.name()}\`\n\n${leavesOf(command, [command.name()]).map(entryOf).join('\n\n')}`,
  )
  return `# The command line

In a clone \`suture\` is \`npx suture\`. \`suture COMMAND --help\` prints the same.

| Exit status | What it means |
|---|---|
| 0 | Done |
${Object.entries(exitStatus).map(statusRow).join('\n')}

| Option | What it says |
|---|---|
${program.options.map(optionRow).join('\n')}

${sections.join('\n\n')}
`
}
