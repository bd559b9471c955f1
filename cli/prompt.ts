import { text as readAll } from 'node:stream/consumers'
import { password as askSecret, text as askText, isCancel } from '@clack/prompts'
import { Failure } from './failure.ts'

const answered = (answer: string | symbol): string => {
  if (isCancel(answer)) throw new Failure('Nothing was done.')
  return answer as string
}

/** What was given as an option, or what the person types; without a terminal, an error that names the option. */
export async function wanted(given: string | undefined, option: string, question: string): Promise<string> {
  if (given !== undefined) return given
  if (!process.stdin.isTTY) throw new Failure(`There is no terminal to ask on: give --${option}.`)
  return answered(await askText({ message: question }))
}

/** A secret: never an option, because every user of a machine sees the options of its programs. */
export interface Secret {
  /** What to ask a person. */
  readonly question: string
}

/**
 * Secrets in the order asked: each from a line of standard input, or typed without being shown.
 * @param fromStdin whether `--stdin` was given
 */
export async function wantedSecrets(fromStdin: boolean | undefined, secrets: readonly Secret[]): Promise<string[]> {
  if (fromStdin) {
    const lines = (await readAll(process.stdin)).split(/\r?\n/)
    if (lines.length < secrets.length || lines.slice(0, secrets.length).includes('')) {
      throw new Failure(
        `Standard input must have ${secrets.length === 1 ? 'one line' : `${secrets.length} lines`}: ${secrets.map(({ question }) => question).join('; ')}.`,
      )
    }
    return lines.slice(0, secrets.length)
  }
  if (!process.stdin.isTTY)
    throw new Failure('There is no terminal to ask on: give --stdin, and the secrets on standard input, a line each.')
  const answers: string[] = []
  for (const { question } of secrets) answers.push(answered(await askSecret({ message: question })))
  return answers
}
