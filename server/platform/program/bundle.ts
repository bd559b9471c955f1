import { dirname, relative, sep } from 'node:path'
import { type Plugin, rolldown } from 'rolldown'

/** What is to be made one file of. */
export interface Order {
  readonly root: string
  readonly module: string
  /** Where the file will lie. */
  readonly file: string
  /** What is not taken in, as the source of a regular expression. */
  readonly outside: string | undefined
}

/** Lets a module that went into a file find what lies beside it by `import.meta.url` as before, and by nothing else. */
const inPlace = (file: string): Plugin => ({
  name: 'in-place',
  transform: {
    filter: { code: 'import.meta.url' },
    handler(code, id) {
      const way = relative(dirname(file), id).split(sep).map(encodeURIComponent).join('/')
      return code.replaceAll('import.meta.url', `new URL(${JSON.stringify(way)}, import.meta.url).href`)
    },
  },
})

async function bundle({ root, module, file, outside }: Order): Promise<string> {
  const build = await rolldown({
    cwd: root,
    input: module,
    platform: 'node',
    plugins: [inPlace(file)],
    external: outside === undefined ? [] : new RegExp(outside),
    onLog: (level, { message }) => {
      if (level !== 'debug') throw new Error(message)
    },
  })
  const { output } = await build.generate({ format: 'esm', codeSplitting: false }).finally(() => build.close())
  return output[0].code
}

// A program of its own: it makes one file, prints it, and gives back what it took.
process.stdout.write(await bundle(JSON.parse(process.argv[2] ?? '{}') as Order))
