import { ProblemError } from '@suture/contract/client.ts'

/** An address names nothing: what stands in it cannot be the name of anything, so nobody was asked. */
export class NoSuch extends Error {
  constructor() {
    super('Nothing can have this name')
    this.name = 'NoSuch'
  }
}

/** Whether there is nothing of that name, or nothing that whoever looks may see yet. */
export const isNoSuch = (error: unknown): boolean =>
  error instanceof NoSuch ||
  (error instanceof ProblemError && error.problem.status === 404 && /-unknown$/.test(error.problem.code ?? ''))
