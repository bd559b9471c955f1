import { Button } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { useMay } from '../shell/session.ts'
import type { BuilderSearch } from './search.ts'

interface Given extends Pick<BuilderSearch, 'release' | 'q'> {
  /** Whether it is the one thing to do on the page. */
  readonly main?: boolean
}

/** Leads whoever may plan to where that is done, with what is known of the plan already. */
export function PlanLink({ main = false, ...search }: Given) {
  if (!useMay('deployment:plan')) return null
  return (
    <Button
      {...(main ? {} : { variant: 'default', size: 'sm' })}
      renderRoot={(props) => <Link {...props} to="/rollouts/new" search={search} />}
    >
      Plan a rollout
    </Button>
  )
}
