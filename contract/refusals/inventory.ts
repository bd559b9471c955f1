import type { RefusalText } from './text.ts'

export const inventoryRefusals = {
  'inventory/rows-refused': {
    status: 422,
    says: 'Some rows cannot be imported, so none was',
    remedy: 'Mend what `errors` names by row and field; `total` says how many there are',
  },
  'inventory/site-unknown': {
    status: 404,
    says: 'No such site, or none that the caller may see',
    remedy: 'List the sites with GET /api/v1/sites, or create it',
  },
  'inventory/site-name-taken': { status: 409, says: 'Another site has this name', remedy: 'Choose another name' },
  'inventory/network-refused': {
    status: 422,
    says: 'Suture sends nothing to one of these networks',
    remedy:
      'Mend what `errors` names: CIDR notation, no address that goes on after its prefix, no /0, no links, no multicast, no more than 127.0.0.0/8 or ::1/128 of the loopback',
  },
  'inventory/device-unknown': {
    status: 404,
    says: 'No such device, or none that the caller may see',
    remedy: 'List the devices with GET /api/v1/devices',
  },
  'inventory/not-quarantined': {
    status: 409,
    says: 'The device is not in quarantine',
    remedy: 'Change what is known of it with an import',
  },
  'inventory/facts-missing': {
    status: 409,
    says: 'The device has not said yet what it is',
    remedy: 'Wait until it sent what `missing` names, or import it with its controller id',
  },
  'inventory/serial-taken': {
    status: 409,
    says: 'Another device has this serial',
    remedy: 'Give the device’s own in `serial`; one of the two may be an impostor',
  },
  'inventory/controller-id-taken': {
    status: 409,
    says: 'A device with this controller id is known and does not register itself',
    remedy: 'Give the device its own secret, or another controller id',
  },
  'inventory/controller-id-malformed': {
    status: 422,
    says: 'That is no controller id',
    remedy: 'Use 1 to 200 letters, digits and . _ : ~ @ + -',
  },
  'inventory/quarantine-full': {
    status: 429,
    says: 'As many devices wait in quarantine as may',
    remedy: 'Admit or retire those that wait; revoke the gateway if somebody floods it',
  },
  'inventory/bill-unknown': {
    status: 404,
    says: 'No such bill in this tenant',
    remedy: 'List the bills with GET /api/v1/bills',
  },
  'inventory/bill-import-unknown': {
    status: 404,
    says: 'No such import of a bill, or none that the caller may see',
    remedy: 'List the imports with GET /api/v1/bill-imports',
  },
  'inventory/imports-waiting': {
    status: 429,
    says: 'As many SBOMs wait to be read as may',
    remedy: 'Send it again when some of them are done; GET /api/v1/bill-imports shows how far they are',
  },
  'inventory/sbom-bytes-a-day': {
    status: 429,
    says: 'More bytes of SBOMs would have come within a day than may',
    remedy: 'Send it again in `retryAfterSeconds`, when enough of the others came more than a day ago',
  },
  'inventory/model-unknown': {
    status: 404,
    says: 'No such model in this tenant',
    remedy: 'List the models with GET /api/v1/models; importing a device makes its model known',
  },
  'inventory/view-unknown': {
    status: 404,
    says: 'No view of devices is called so in this tenant',
    remedy: 'List them with GET /api/v1/device-views',
  },
  'inventory/view-taken': {
    status: 409,
    says: 'A view of devices is called so already',
    remedy: 'Take another name, or remove the one that there is',
  },
  'inventory/view-nested': {
    status: 422,
    says: 'The query of a view names another view',
    remedy: 'Write what the other one asks in its place',
  },
  'inventory/too-many-views': {
    status: 409,
    says: 'The tenant keeps 200 views of devices',
    remedy: 'Remove one that nobody uses',
  },
  'inventory/device-action-unknown': {
    status: 404,
    says: 'No such action on devices, or none that the caller may see',
    remedy: 'List the actions with GET /api/v1/device-actions; a draft is its drafter’s alone, until the next one',
  },
  'inventory/no-draft': {
    status: 409,
    says: 'The action was started already',
    remedy: 'Look at it with GET /api/v1/device-actions/{id}, or draft another one',
  },
  'inventory/draft-too-old': {
    status: 409,
    says: 'The draft was made too long ago to be acted on',
    remedy: 'Draft it again, and start it within `minutes`',
  },
  'inventory/count-differs': {
    status: 409,
    says: 'The action would be done to another number of devices than expected',
    remedy: 'Look at the draft; where `devices` is what you want, start it with that number',
  },
  'inventory/not-running': {
    status: 409,
    says: 'The action has come to its end',
    remedy: 'Nothing is left to be stopped; GET /api/v1/device-actions/{id} shows what it did',
  },
  'inventory/gateway-unknown': {
    status: 404,
    says: 'No such gateway in this tenant',
    remedy: 'List the gateways with GET /api/v1/gateways',
  },
} as const satisfies Record<`inventory/${string}`, RefusalText>
