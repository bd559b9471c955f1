import { Button } from '@mantine/core'
import { CopyPlan } from './copy-plan.tsx'
import type { Body } from './draft.ts'

interface Given {
  /** None while the form does not make a plan. */
  readonly body: Body | undefined
  readonly isBusy: boolean
  readonly onFreeze: () => void
}

/** What can be done with a draft. */
export const Head = ({ body, isBusy, onFreeze }: Given) => (
  <>
    {body && <CopyPlan body={body} />}
    <Button loading={isBusy} onClick={onFreeze}>
      Freeze and ask for approval
    </Button>
  </>
)
