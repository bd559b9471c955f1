import { orRefuse } from '#platform/sandbox/refuse.ts'
import { runSandboxed } from '#platform/sandbox/run.ts'
import type { Work } from '#platform/sandbox/work.ts'
import { type Claim, mostSignedBytes, Verification } from './signature.ts'

/** How a vendor’s signature is verified: in the sandbox. */
export const verifyArtifact: Work<Verification> = {
  entry: new URL('./verify-artifact.ts', import.meta.url),
  reply: Verification,
}

/** What verifying one signature may cost. */
export const signatureLimits = {
  inputBytes: mostSignedBytes,
  outputBytes: 4096,
  milliseconds: 60_000,
  memoryBytes: mostSignedBytes + 256 * 1024 * 1024,
}

/**
 * Verifies a detached vendor signature of the profile `ed25519-over-bytes` over a stored artifact.
 * @param artifact the file, and the SHA-256 of the bytes that it must hold
 * @throws Refusal `input/…` when it cannot be read within the limits (512 MiB), `http/too-many-requests` when too many wait
 */
export async function verifyVendorSignature(
  artifact: { readonly path: string; readonly sha256: string },
  claim: Claim,
): Promise<Verification> {
  const found = orRefuse(await runSandboxed(verifyArtifact, { path: artifact.path, given: claim }, signatureLimits))
  // The file is read again to be verified: what convinces must be the bytes under this name, and no others.
  if (found.verified && found.sha256 !== artifact.sha256) return { verified: false, reason: 'other-bytes' }
  return found
}
