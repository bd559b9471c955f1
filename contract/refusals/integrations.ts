import type { RefusalText } from './text.ts'

export const integrationsRefusals = {
  'integrations/webhook-unknown': {
    status: 404,
    says: 'No such webhook in this tenant',
    remedy: 'List them with GET /api/v1/webhooks',
  },
  'integrations/delivery-unknown': {
    status: 404,
    says: 'This webhook has no such delivery to send again: it waits already, was a test, or is gone',
    remedy: 'List them with GET /api/v1/webhook-deliveries; what was delivered is kept for 7 days, what is dead for 30',
  },
  'integrations/address-refused': {
    status: 422,
    says: 'Nothing may be sent to this address',
    remedy: 'See `reason`; whoever runs the server sets in SUTURE_WEBHOOKS_TO where webhooks may go',
  },
  'integrations/name-taken': {
    status: 409,
    says: 'Another webhook has this name',
    remedy: 'Choose another name',
  },
  'integrations/too-many-webhooks': {
    status: 409,
    says: 'As many webhooks as a tenant has are there already',
    remedy: 'Remove one that nobody uses, or have one receiver pass messages on',
  },
  'integrations/no-mail': {
    status: 409,
    says: 'This server is set to send no mail',
    remedy: 'Whoever runs it sets SUTURE_SMTP_URL and SUTURE_MAIL_FROM',
  },
  'integrations/no-address': {
    status: 409,
    says: 'A digest goes to the login name, and yours is no mail address',
    remedy: 'Ask an admin for an account whose login name is your mail address',
  },
} as const satisfies Record<`integrations/${string}`, RefusalText>
