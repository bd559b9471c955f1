import type { Recurring, TaskHandlers } from '#platform/tasks/task.ts'
import { sendDigests } from './digest.operations.ts'
import { forgetOver } from './forget.operations.ts'
import type { Mailing } from './mailer.operations.ts'
import { type Sender, sendWaiting } from './send.operations.ts'

declare module '#platform/tasks/task.ts' {
  interface Tasks {
    'integrations/send': { readonly webhook: string }
  }
}

/** Sends what waits for a webhook. */
export const integrationsTasks = (sender: Sender): Pick<TaskHandlers, 'integrations/send'> => ({
  'integrations/send': ({ scope, payload, ...parts }) => sendWaiting({ ...parts, ...sender }, scope, payload.webhook),
})

/** Deliveries that are over are kept for a while, to be looked at and sent again. */
export const forgetDeliveries: Recurring = {
  name: 'integrations/forget-deliveries',
  at: '17 * * * *',
  run: ({ store, clock, scope }) => forgetOver(store, clock, scope),
}

/** The mails that people chose to get, where the server is set to send any. */
export const digests = (mailing: Mailing | undefined): Recurring => ({
  name: 'integrations/send-digests',
  at: '*/5 * * * *',
  run: async ({ store, clock, scope }) => {
    if (mailing) await sendDigests({ store, clock, mailing }, scope)
  },
})
