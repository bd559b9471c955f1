import type { RefusalText } from './text.ts'

export const labRefusals = {
  'lab/not-a-rig': {
    status: 422,
    says: 'There is no such device here, or it is no lab device, or it is not in service',
    remedy: 'Import the device with `rig: true`, so that no rollout ever reaches it',
  },
  'lab/rig-taken': {
    status: 409,
    says: 'The device is a rig already, or another rig has this name',
    remedy: 'See GET /api/v1/lab/rigs, and choose another name',
  },
  'lab/release-over': {
    status: 409,
    says: 'The release was deprecated or withdrawn, so there is nothing to test',
    remedy: 'Make a new release',
  },
  'lab/no-rig': {
    status: 409,
    says: 'For some artifact of the release there is no rig that it could be installed on',
    remedy: 'Add a rig of a model and revision that `targets` names, with POST /api/v1/lab/rigs',
  },
  'lab/rig-not-ready': {
    status: 409,
    says: 'A rig that the release targets cannot start a test: it is busy, or does not answer with its base version',
    remedy: 'Bring what `rigs` names back to its base version, or retire the device',
  },
  'lab/run-open': {
    status: 409,
    says: 'The release is being tested right now',
    remedy: 'Wait for the test named in `run` to end',
  },
  'lab/run-unknown': {
    status: 404,
    says: 'No such test in this tenant',
    remedy: 'List the tests with GET /api/v1/lab/runs',
  },
} as const satisfies Record<`lab/${string}`, RefusalText>
