declare module '#platform/events/event.ts' {
  interface Events {
    'vendor-key.added': { manufacturer: string; name: string; keyId: string }
    'vendor-key.revoked': { manufacturer: string; name: string; keyId: string }
    'artifact.uploaded': { fileName: string; length: number; manufacturers: string[] }
    'release.created': { name: string; version: string; artifacts: string[] }
    'release.lab-passed': { verdict: string }
    'release.lab-failed': { verdict: string }
    'release.publication-asked': { name: string; version: string; digest: string }
    'release.published': { name: string; version: string; digest: string }
    'release.deprecated': { name: string; version: string }
    'release.withdrawn': { name: string; version: string; reason: string }
  }
}

export type {}
