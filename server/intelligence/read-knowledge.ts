/** Runs in the sandbox alone: reads a document of facts. */
import { KnowledgeDocument } from './knowledge.ts'

/** Parses the document strictly; the first thing that is wrong is told with its place. */
export function read(bytes: Buffer): KnowledgeDocument {
  const found = KnowledgeDocument.safeParse(JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes)))
  if (found.success) return found.data
  const [issue] = found.error.issues
  throw new Error(`${issue?.path.join('.') || 'the document'}: ${issue?.message}`)
}
