import { NativeSelect } from '@mantine/core'
import { listRollouts } from '@suture/contract/deployment.ts'
import { type RolloutState, rolloutStates } from '@suture/contract/states.ts'
import { Link, useNavigate, useSearch } from '@tanstack/react-router'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Empty } from '../design/faces.tsx'
import { lookOf } from '../design/status.tsx'
import { useAsk } from '../shell/ask.ts'
import { Page } from '../shell/page.tsx'
import { Paging } from '../shell/paging.tsx'
import { PlanLink } from './plan-link.tsx'
import { RolloutTable } from './rollout-table.tsx'
import './rollouts.css'

const choices = [
  { value: '', label: 'Any state' },
  ...rolloutStates.map((value) => ({ value, label: lookOf('rollout', value).word })),
]

/** The rollouts, newest first. */
export function RolloutsPage() {
  const { state, cursor } = useSearch({ from: '/frame/rollouts' })
  const navigate = useNavigate()
  const query = { limit: 50, ...(state === undefined ? {} : { state }), ...(cursor === undefined ? {} : { cursor }) }
  const rollouts = useAsk(listRollouts, { query }, { about: 'rollouts' })
  const choose = (value: string) =>
    void navigate({ to: '/rollouts', search: value === '' ? {} : { state: value as RolloutState } })
  const filter = (
    <NativeSelect
      aria-label="Only those in this state"
      data={choices}
      value={state ?? ''}
      onChange={({ currentTarget }) => choose(currentTarget.value)}
    />
  )
  return (
    <Page
      title="Rollouts"
      summary="Releases on their way to devices, wave by wave; newest first."
      actions={
        <>
          {filter}
          <PlanLink main />
        </>
      }
    >
      <section className="panel" aria-label="Rollouts">
        <Asked of={rollouts} what="The rollouts">
          {({ items, next }) =>
            items.length === 0 ? (
              <Nothing state={state} isFirst={cursor === undefined} />
            ) : (
              <>
                <RolloutTable rollouts={items} />
                <Paging cursor={cursor} next={next} words={['Newest', 'Older']} />
              </>
            )
          }
        </Asked>
      </section>
    </Page>
  )
}

function Nothing({ state, isFirst }: { readonly state: RolloutState | undefined; readonly isFirst: boolean }) {
  if (state === undefined && isFirst)
    return (
      <Begin title="No release is on its way to any device" command="suture rollout create --help">
        A rollout stands here as soon as somebody froze a plan. A plan names a published release, the devices, the waves
        and the limits; two other people approve it.
      </Begin>
    )
  return (
    <Empty
      title={isFirst && state ? `No rollout is ${lookOf('rollout', state).word}` : 'No older rollouts'}
      way={<Link to="/rollouts">Show all rollouts</Link>}
    >
      A rollout stands here for as long as it is in the state that is asked for.
    </Empty>
  )
}
