import type { RefusalText } from './text.ts'

export const riskRefusals = {
  'risk/decision-unknown': {
    status: 404,
    says: 'No such device, or nothing was decided about this vulnerability on it',
    remedy:
      'List the findings with GET /api/v1/findings; GET /api/v1/vulnerabilities/{id}/explain says why there is none',
  },
} as const satisfies Record<`risk/${string}`, RefusalText>
