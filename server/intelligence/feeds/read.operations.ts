import { runSandboxed } from '#platform/sandbox/run.ts'
import type { Outcome, Work } from '#platform/sandbox/work.ts'
import { KnowledgeDocument } from '../knowledge.ts'

const mebibyte = 1024 * 1024

/** The most bytes of a document. */
export const mostBytes = 64 * mebibyte

/** How a document of facts is read: in the sandbox. */
export const facts: Work<KnowledgeDocument> = {
  entry: new URL('../read-knowledge.ts', import.meta.url),
  reply: KnowledgeDocument,
  jsonDepth: 16,
}

/** What reading one document may cost. */
export const factsLimits = {
  inputBytes: mostBytes,
  outputBytes: mostBytes,
  milliseconds: 60_000,
  memoryBytes: 1024 * mebibyte,
}

/** Reads the bytes of a document of facts, which come from outside, where they can do no harm. */
export const readKnowledge = (bytes: Uint8Array): Promise<Outcome<KnowledgeDocument>> =>
  runSandboxed(facts, { bytes }, factsLimits)
