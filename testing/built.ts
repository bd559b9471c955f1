import { buildCommandLine } from '@suture/cli/built.ts'

/** Tests start `suture` some hundred times: as it starts once it is built, which a change to its sources undoes. */
export async function setup(): Promise<void> {
  await buildCommandLine()
}
