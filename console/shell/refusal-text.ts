import { ProblemError } from '@suture/contract/client.ts'

/**
 * Why something was refused, in words for a person at a form.
 * @param plainly why it was not done, as it is told everywhere
 */
export function refusalText(error: unknown, plainly: string): string {
  if (!(error instanceof ProblemError)) return plainly
  const { code, title, missing } = error.problem
  // The way out that the catalogue tells is for whoever sends headers.
  if (code === 'http/changed-meanwhile') return `${title}. Nothing that you chose was done.`
  return Array.isArray(missing) ? `${plainly} It names: ${missing.join(', ')}.` : plainly
}
