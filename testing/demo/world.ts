import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Model } from './fleet.ts'

/** The six kinds of device in the demo; what is said of them is public (`data/README.md`), the devices are simulated. */
export const models: readonly [Model, ...Model[]] = [
  { manufacturer: 'Unitronics', model: 'Vision', type: 'plc', firmware: '12.36' },
  { manufacturer: 'FXC', model: 'AE1021', type: 'wireless-router', firmware: '2.0.9' },
  { manufacturer: 'QNAP', model: 'VioStor NVR', type: 'video-recorder', firmware: '4.2.3' },
  { manufacturer: 'Nice', model: 'Linear eMerge E3-Series', type: 'access-controller', firmware: '1.00-06' },
  { manufacturer: 'Axis Communications', model: 'AXIS A1001', type: 'access-controller', firmware: '1.65.4' },
  { manufacturer: 'INEA', model: 'ME RTU', type: 'rtu', firmware: '3.36b' },
]

/** What arrives in the story: exploited in the wild, and fixed by the first model's release. */
export const star = { vulnerability: 'CVE-2023-6448', brokenAs: '12.38', correctedAs: '12.38.1' } as const

/** Short policy values, so that the whole story is seen in a minute and a half; the clock is the real one. */
export const policy = {
  pollSeconds: 1,
  silenceSeconds: 8,
  soakSeconds: 3,
  perStratum: 6,
  stepSeconds: 20,
  /** After this a rollout that has not ended is not waited for any longer. */
  rolloutSeconds: 180,
} as const

/** A folder of its own for everything that the demo makes. */
export function makeFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'suture-demo-'))
  mkdirSync(join(folder, 'files'))
  return folder
}

/** A file of the demo's folder. */
export function put(folder: string, name: string, content: string | Uint8Array): string {
  const path = join(folder, 'files', name)
  writeFileSync(path, content)
  return path
}
