import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { packages, programsOf } from '@suture/server/platform/program/program.ts'

const root = fileURLToPath(new URL('../', import.meta.url))
const main = new URL('./main.ts', import.meta.url)

const programs = programsOf({
  root,
  modules: join(root, 'cli'),
  // The last folder is what makes it.
  sources: ['cli', 'contract', 'trust', 'server/platform/program', ...packages],
  // Few commands want them, and they are most of the code.
  outside: /^@suture\/(server|console)\//,
  programs: join(root, 'cli/dist/'),
})

/** What the command line is started from: one file, if it was made of exactly these sources, otherwise the sources. */
export const commandLine = (): URL => programs.find(main) ?? main

/** Makes that one file, unless it is there; says where it is. */
export const buildCommandLine = async (): Promise<string> => fileURLToPath(await programs.make(main))
