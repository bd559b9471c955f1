import { answered } from './answers.ts'
import { askProofsDigest, type Proofs } from './pack-file.ts'
import { packVerification, type Verification, type VerifiedPack } from './pack-verification.ts'
import { type ClosedFinding, type DeviceResult, findingsSummary, resultsSummary } from './rollout-evidence.ts'
import type { VerifyingKeys } from './signer-keys-file.ts'

export type { PassedCheck } from './pack-checks.ts'
export { FailedCheck, type VerifiedPack } from './pack-verification.ts'

/** Verifies a pack with nothing but the signer's public keys. Throws `FailedCheck`. */
export const verifyEvidencePack = (bytes: Uint8Array, keys: VerifyingKeys, options?: Verification): VerifiedPack =>
  answered(packVerification(bytes, keys, options))

/** What a statement says about the proofs beside the lists. */
export const proofsDigest = (proofs: Proofs): string => answered(askProofsDigest(proofs))

/** What a statement says about a list of results. */
export const summariseResults = (results: readonly DeviceResult[]) => answered(resultsSummary(results))

/** What a statement says about a list of closed findings. */
export const summariseFindings = (findings: readonly ClosedFinding[]) => answered(findingsSummary(findings))
