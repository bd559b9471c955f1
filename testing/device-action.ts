import { setTimeout as after } from 'node:timers/promises'
import { type Arguments, type Connection, call, type Reply } from '@suture/contract/client.ts'
import { draftDeviceAction, getDeviceAction, startDeviceAction } from '@suture/contract/device-actions.ts'

type DeviceAction = Reply<typeof getDeviceAction>

/** An action on devices that has come to its end. */
export async function endOfAction(to: Connection, id: string): Promise<DeviceAction> {
  const enough = AbortSignal.timeout(60_000)
  for (;;) {
    const seen = await call(to, getDeviceAction, { params: { id } })
    if (seen.endedAt !== null) return seen
    if (enough.aborted) throw new Error(`An action is still ${seen.state}, ${seen.left} devices are left`)
    await after(20)
  }
}

/** Drafts an action. */
export const drafted = (to: Connection, body: Arguments<typeof draftDeviceAction>['body']): Promise<DeviceAction> =>
  call(to, draftDeviceAction, { body })

/** Starts a draft as it was seen. */
export const begun = (to: Connection, { id, left }: DeviceAction, delaySeconds = 0): Promise<DeviceAction> =>
  call(to, startDeviceAction, { params: { id }, body: { expect: left, delaySeconds } })
