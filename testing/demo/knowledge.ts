import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { repository } from './children.ts'
import { put } from './world.ts'

interface Document {
  readonly products: readonly unknown[]
  readonly vulnerabilities: readonly { readonly id: string }[]
}

/** The vendored facts as two feeds: everything that was known before the story begins, and what arrives in it. */
export function splitKnowledge(
  folder: string,
  star: string,
): { readonly known: readonly string[]; readonly news: string } {
  const from = join(repository, 'data/knowledge')
  const documents = readdirSync(from)
    .filter((name) => name.endsWith('.json'))
    .map((name) => ({ name, document: JSON.parse(readFileSync(join(from, name), 'utf8')) as Document }))
  const write = (name: string, document: Document, isNews: boolean) =>
    put(
      folder,
      `${isNews ? 'news' : 'known'}-${name}`,
      JSON.stringify({
        ...document,
        vulnerabilities: document.vulnerabilities.filter(({ id }) => (id === star) === isNews),
      }),
    )
  const source = documents.find(({ document }) => document.vulnerabilities.some(({ id }) => id === star))
  if (!source) throw new Error(`${star} is in no file of data/knowledge`)
  return {
    known: documents.map(({ name, document }) => write(name, document, false)),
    news: write(source.name, source.document, true),
  }
}
