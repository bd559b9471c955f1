import { z } from 'zod'
import type { DeviceReport } from '../port.ts'

/** As much of a device's own words as is kept; SWUpdate sends up to 50 lines of its log at a time. */
const mostDetails = 64
const longestDetail = 500

const controls = /[\p{Cc}\p{Cs}]+/gu
const plain = (text: string): string => text.replaceAll(controls, ' ').trim().slice(0, longestDetail)

/**
 * What a device posts about an action (hawkBit DDI v1, DdiActionFeedback). Fields that are not named here, the `id` and
 * `time` of old clients among them, are ignored.
 */
export const Feedback = z.object({
  status: z.object({
    execution: z.string().max(32),
    result: z.object({ finished: z.string().max(32).default('none') }).default({ finished: 'none' }),
    code: z.int().min(-2_147_483_648).max(2_147_483_647).optional().catch(undefined),
    details: z
      .array(z.string())
      .catch([])
      .transform((lines) => lines.slice(0, mostDetails).map(plain)),
  }),
})
type Feedback = z.output<typeof Feedback>

/** What a device says of itself (PUT configData); whatever is no text or number is left out. */
export const ConfigData = z.object({
  mode: z.enum(['merge', 'replace', 'remove']).default('merge'),
  data: z.record(z.string(), z.unknown()).transform((given) =>
    Object.fromEntries(
      Object.entries(given)
        .slice(0, 100)
        .flatMap(([name, value]) =>
          typeof value === 'string' || typeof value === 'number' ? [[plain(name), plain(String(value))]] : [],
        ),
    ),
  ),
})

type Execution = DeviceReport['execution']

/**
 * The words about a deployment that are no end. `proceeding` is all that SWUpdate says from before the download to the
 * restart, so what it means is told by what was sent. `rejected` changes nothing here (the action stays active in
 * hawkBit too), and a word that nobody knows is only a sign of life.
 */
const underWay: Readonly<Record<string, Execution>> = {
  download: 'downloading',
  downloaded: 'downloaded',
  proceeding: 'proceeding',
  canceled: 'cancelled',
}

const reportOf = (execution: Execution, { status: { code, details } }: Feedback): DeviceReport => ({
  execution,
  code,
  details,
})

/** What a device says about a deployment; without a result, `closed` is success, as in hawkBit. */
export function aboutDeployment(feedback: Feedback): DeviceReport {
  const { execution, result } = feedback.status
  if (execution === 'closed') return reportOf(result.finished === 'failure' ? 'failed' : 'succeeded', feedback)
  return reportOf((Object.hasOwn(underWay, execution) && underWay[execution]) || 'seen', feedback)
}

/** What a device says about being called back; `canceled` is unsupported there, as in hawkBit. */
export function aboutCancel(feedback: Feedback): DeviceReport {
  const { execution, result } = feedback.status
  if (execution === 'rejected') return reportOf('cancel-refused', feedback)
  if (execution !== 'closed') return reportOf('seen', feedback)
  return reportOf(result.finished === 'failure' ? 'cancel-refused' : 'cancelled', feedback)
}
