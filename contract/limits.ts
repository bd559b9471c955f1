/** The bytes of an SBOM, unless a server is set to another number (SUTURE_MAX_SBOM_BYTES). */
export const sbomBytes = 16 * 1024 * 1024

/** The bytes of an artifact, unless a server is set to another number (SUTURE_MAX_ARTIFACT_BYTES). */
export const artifactBytes = 2 * 1024 * 1024 * 1024
