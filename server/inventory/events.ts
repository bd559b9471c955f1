import type { DeviceActionKind } from '@suture/contract/device-actions.ts'
import type { Assurance } from '@suture/contract/states.ts'

declare module '#platform/events/event.ts' {
  interface Events {
    'site.created': { name: string; probeNetworks: string[] }
    'site.changed': { name: string; probeNetworks: string[] }
    'gateway.created': { name: string }
    'gateway.revoked': { name: string }
    'device-view.created': { q: string }
    'device-view.removed': { q: string }
    'device-action.started': { action: DeviceActionKind; q: string | null; devices: number }
    'device-action.stopped': { action: DeviceActionKind; done: number }
    'device-action.ended': { action: DeviceActionKind; done: number; excluded: number }
    'devices.imported': { created: number; changed: number; unchanged: number; bills: number }
    'device.registered': { controllerId: string }
    'device.admitted': { serial: string; site: string | null }
    'device.retired': { serial: string; site: string | null }
    'device.bill-adopted': {
      from: string
      to: string
      assurance: Assurance
      evidence: { source: string; ref: string }
    }
    /** It was read as another revision, or with another bootloader, than was believed. */
    'device.revised': { from: string; to: string; bootloader: string | null }
    'bill.created': { digest: string; components: number }
    /** Nothing changed; `document` is the SHA-256 of what was sent, `code` the refusal of the catalogue. */
    'bill.refused': { manufacturer: string; model: string; firmware: string; document: string; code: string }
    /** Nothing changed, and the document is not to blame. */
    'bill.given-up': { manufacturer: string; model: string; firmware: string; document: string }
    'bill.imported': {
      import: string
      manufacturer: string
      model: string
      firmware: string
      digest: string
      devices: number
    }
  }
}
