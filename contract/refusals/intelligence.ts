import type { RefusalText } from './text.ts'

export const intelligenceRefusals = {
  'intelligence/vulnerability-unknown': {
    status: 404,
    says: 'Nothing is known here about this vulnerability',
    remedy: 'List what is known with GET /api/v1/vulnerabilities?all=true, or take in a newer feed',
  },
  'intelligence/nothing-to-explain': {
    status: 404,
    says: 'No such device or bill, or none that the caller may see',
    remedy: 'List the devices with GET /api/v1/devices, and the bills with GET /api/v1/bills',
  },
} as const satisfies Record<`intelligence/${string}`, RefusalText>
