import { maxJsonDepth } from '@suture/trust/json-depth.ts'
import { orRefuse } from '#platform/sandbox/refuse.ts'
import { runSandboxed } from '#platform/sandbox/run.ts'
import type { Input, Limits, Work } from '#platform/sandbox/work.ts'
import { Sbom } from './sbom.ts'

/** How CycloneDX is read: in the sandbox. */
export const cycloneDx: Work<Sbom> = {
  entry: new URL('./read-cyclonedx.ts', import.meta.url),
  reply: Sbom,
  jsonDepth: maxJsonDepth,
}

const mebibyte = 1024 * 1024

/**
 * What reading one SBOM may cost.
 * @param mostBytes the setting SUTURE_MAX_SBOM_BYTES
 */
export const limitsOf = (mostBytes: number): Limits => ({
  inputBytes: mostBytes,
  outputBytes: 32 * mebibyte,
  milliseconds: 30_000,
  memoryBytes: 1024 * mebibyte,
})

/**
 * Reads an SBOM: CycloneDX JSON 1.4 to 1.6, of up to 50,000 components.
 * @throws Refusal `input/…` when it cannot be read within the limits, `http/too-many-requests` when too many wait
 */
export const readSbom = async (document: Input, mostBytes: number, signal?: AbortSignal): Promise<Sbom> =>
  orRefuse(await runSandboxed(cycloneDx, document, limitsOf(mostBytes), signal))
