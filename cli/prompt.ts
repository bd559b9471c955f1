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

/** A password: never an option, because options are visible to every user of the machine. */
export async function wantedPassword(fromStdin: boolean | undefined, question: string): Promise<string> {
  if (fromStdin) return (await readAll(process.stdin)).replace(/\r?\n$/, '')
  if (!process.stdin.isTTY)
    throw new Failure('There is no terminal to ask on: give --password-stdin and the password on standard input.')
  return answered(await askSecret({ message: question }))
}
