import type { Assignment } from '../port.ts'

type Install = Extract<Assignment, { kind: 'install' }>

/** The longest interval that `HH:MM:SS` can say, in seconds. */
const longestSleep = 24 * 3600 - 1

/**
 * How long a device sleeps between two polls: the interval, spread by up to 15 percent from device to device, so that a
 * fleet that starts together does not poll together for ever.
 */
export function sleepOf(pollSeconds: number, device: number): string {
  const spread = (((device * 2_654_435_761) % 1000) / 1000 - 0.5) * 0.3
  const seconds = Math.min(longestSleep, Math.max(1, Math.round(pollSeconds * (1 + spread))))
  const two = (n: number) => String(Math.floor(n)).padStart(2, '0')
  return `${two(seconds / 3600)}:${two((seconds / 60) % 60)}:${two(seconds % 60)}`
}

const link = (href: string) => ({ href })

/** What a poll is answered with; at most one action at a time (hawkBit DDI v1, DdiControllerBase). */
export const baseDocument = (
  base: string,
  given: {
    readonly sleep: string
    readonly wantsFacts: boolean
    readonly assignment: Assignment | undefined
  },
) => {
  const { assignment, wantsFacts, sleep } = given
  return {
    config: { polling: { sleep } },
    _links: {
      ...(wantsFacts ? { configData: link(`${base}/configData`) } : {}),
      ...(assignment?.kind === 'install'
        ? { deploymentBase: link(`${base}/deploymentBase/${assignment.actionId}`) }
        : {}),
      ...(assignment?.kind === 'cancel' ? { cancelAction: link(`${base}/cancelAction/${assignment.actionId}`) } : {}),
    },
  }
}

/** The path of an assignment's bytes below a device's base; it names the action, so it is good for that one alone. */
const artifactPath = (actionId: number, fileName: string): string =>
  `softwaremodules/${actionId}/artifacts/${encodeURIComponent(fileName)}`

/** The bytes of an assignment: one artifact, which is all that some clients take. */
export function artifactDocuments(base: string, { actionId, artifact }: Install) {
  const { fileName, length, sha1, md5, sha256 } = artifact
  const href = link(`${base}/${artifactPath(actionId, fileName)}`)
  const sum = link(`${base}/${artifactPath(actionId, `${fileName}.MD5SUM`)}`)
  const links = { download: href, md5sum: sum, 'download-http': href, 'md5sum-http': sum }
  return [{ filename: fileName, hashes: { sha1, md5, sha256 }, size: length, _links: links }]
}

/** What is to be installed, in one chunk. */
export const deploymentDocument = (base: string, install: Install) => ({
  id: String(install.actionId),
  deployment: {
    download: 'forced',
    update: 'forced',
    chunks: [{ part: 'os', version: install.version, name: install.name, artifacts: artifactDocuments(base, install) }],
  },
})

/** What is called back; the two ids are the same, as in hawkBit. */
export const cancelDocument = (actionId: number) => ({
  id: String(actionId),
  cancelAction: { stopId: String(actionId) },
})
