import { assurances, finalJobStates } from '@suture/contract/states.ts'
import { resultAssurances, resultStates } from '@suture/trust/rollout-evidence.ts'
import { expect, test } from 'vitest'

// `trust` may not read the contract, because whoever verifies evidence needs nothing but `trust`.
test('evidence knows exactly the ends that a job can have, and one more for a device that got none', () => {
  expect(resultStates).toEqual([...finalJobStates, 'not-offered'])
})

test('evidence knows exactly the assurances that there are, and one more for nothing heard', () => {
  expect(resultAssurances).toEqual(['none', ...assurances])
})
