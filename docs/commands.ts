import { suture } from '../cli/program.ts'
import { readableQuery } from '../cli/query.ts'
import { deviceFields } from '../contract/device-fields.ts'

type Command = ReturnType<typeof suture>

/** Code of a page: what stands in blocks, line by line, and what stands within a sentence. */
function codeOf(page: string): { readonly lines: readonly string[]; readonly spans: readonly string[] } {
  const blocks = [...page.matchAll(/^ *```[^\n]*\n([\s\S]*?)^ *```/gm)].map(([, code = '']) => code)
  const prose = page.replaceAll(/^ *```[^\n]*\n[\s\S]*?^ *```/gm, '')
  return {
    lines: blocks.flatMap((code) =>
      code
        .replaceAll(/<<'(\w+)'([^\n]*)\n[\s\S]*?\n\1\n/g, '$2\n')
        .replaceAll('\\\n', ' ')
        .split('\n'),
    ),
    spans: [...prose.matchAll(/`([^`\n]+)`/g)].map(([, code = '']) => code),
  }
}

/** Where the shell begins a command: ours, or the one by which a guide speaks for several people. */
const begins = String.raw`(?:^\s*(?:\$ )?|[(;&|]\s*|\bdo )(?:\w+=\S* )*`
const ours = new RegExp(`${begins}(?:npx )?suture `, 'g')
const forPeople = new RegExp(`${begins}(?:(?:npx )?suture|as \\$?\\w+) `, 'g')
// A word ends where the shell ends it; quotes and `$( … )` hold it together.
const aWord = /\s*((?:"[^"]*"|'[^']*'|\$\([^)]*\)|[^\s"'|;&()<>`])+)/y

/** The words of every command of ours in a line of shell, without their quotes. */
function commandsIn(line: string, starts = ours): readonly (readonly string[])[] {
  return [...line.matchAll(starts)].map((start) => {
    const words: string[] = []
    aWord.lastIndex = start.index + start[0].length
    for (let found = aWord.exec(line); found?.[1] !== undefined && found[1] !== '#'; found = aWord.exec(line))
      words.push(found[1].replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'))
    return words
  })
}

/** The command line with everything that it would do taken out; of the values of options it reads the queries alone. */
function idle(): Command {
  const program = suture()
  const still = (command: Command): void => {
    for (const option of command.options) {
      const isQuery = option.long === '--query'
      if (option.argChoices === undefined)
        option.argParser((text: string) => (isQuery ? readableQuery(text, deviceFields) : text))
    }
    for (const argument of command.registeredArguments) argument.argParser((text: string) => text)
    if (command.commands.length === 0) command.action(() => undefined)
    command.configureOutput({ writeOut: () => undefined, writeErr: () => undefined }).commands.forEach(still)
  }
  still(program)
  return program
}

/** What commander says of a command that a sentence names and does not spell out. */
const unfinished = ['missingArgument', 'missingMandatoryOptionValue', 'optionMissingArgument', 'help']
const asked = ['helpDisplayed']

/** What is wrong with a command, as the command line itself says it. */
function wrongWith(words: readonly string[], isWhole: boolean): string | undefined {
  try {
    idle().parse([...words], { from: 'user' })
    return undefined
  } catch (error) {
    const { code = '', message } = error as { code?: string; message: string }
    const fine = isWhole ? asked : [...asked, ...unfinished]
    return fine.includes(code.replace('commander.', ''))
      ? undefined
      : message.replace(/^error: /, '').replace(/\n.*/s, '')
  }
}

/**
 * The commands of pages that the command line would not take, one line each: those in blocks must be whole, those within
 * a sentence must be the beginning of one.
 */
export function wrongCommands(pages: ReadonlyMap<string, string>): readonly string[] {
  return [...pages].flatMap(([page, text]) => {
    const { lines, spans } = codeOf(text)
    const named = [
      ...lines
        .flatMap((line) => commandsIn(line, text.includes('as() {') ? forPeople : ours))
        .map((words) => ({ words, isWhole: true })),
      ...spans.flatMap((code) => commandsIn(code)).map((words) => ({ words, isWhole: false })),
    ]
    return named.flatMap(({ words, isWhole }) => {
      // What a function of the shell is given is known where it is called; `--version` is answered before anything is parsed.
      const isElsewhere = words.includes('$@') || words[0] === '--version'
      const wrong = isElsewhere ? undefined : wrongWith(words, isWhole)
      // A page may show how something is refused, if it shows that it is.
      return wrong === undefined || text.includes(wrong) ? [] : [`${page}: suture ${words.join(' ')}: ${wrong}`]
    })
  })
}
