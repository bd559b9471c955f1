import { getDeviceAction } from '@suture/contract/device-actions.ts'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { Panel } from '../design/panel.tsx'
import { Seam } from '../design/seam.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { NotThere } from '../shell/not-there.tsx'
import { useNow } from '../shell/now.ts'
import { Page } from '../shell/page.tsx'
import { ActionDevices } from './action-devices.tsx'
import { StartAction, StopAction } from './action-steps.tsx'
import { consequences, type DeviceAction, standOf, titleOf } from './action-words.ts'
import { Exclusions } from './exclusions.tsx'

const route = getRouteApi('/frame/devices/actions/$id')
const above = [
  { name: 'Devices', to: '/devices' },
  { name: 'Actions', to: '/devices/actions' },
]

/** An action on many devices: what it would do, how far it is, and what came of it. */
export function ActionPage() {
  const { id } = route.useParams()
  const [isLive, setLive] = useState(false)
  const asked = useAsk(getDeviceAction, { params: { id } }, { about: 'devices', everyMs: isLive && 1_000 })
  const moves = asked.data?.state === 'running'
  if (moves !== isLive) setLive(moves)
  if (asked.data) return <Known action={asked.data} />
  return <NotThere of={asked} thing="action" list={{ name: 'Actions', to: '/devices/actions' }} />
}

function Known({ action }: { readonly action: DeviceAction }) {
  const now = useNow(500)
  const stand = standOf(action, now)
  const { done, left, devices, q, draftedAt, draftedBy, beginsAt, endedAt } = action
  const meant = q === null ? 'The devices that were pointed at' : 'The devices that fit'
  return (
    <Page
      title={titleOf(action, now)}
      place="Action"
      above={above}
      summary={
        <>
          {meant} {q !== null && <span className="mono">{q}</span>}: {devices.toLocaleString('en-GB')} when {draftedBy}{' '}
          looked, {instant(draftedAt)}.{stand === 'draft' && ' Nothing was done yet.'}
          {endedAt !== null && ` Over since ${instant(endedAt)}.`}
        </>
      }
    >
      <div className="stack">
        {stand === 'draft' && left > 0 && <p className="m">{consequences[action.kind]}</p>}
        {stand === 'draft' && <StartAction key={action.id} action={action} />}
        {(stand === 'waiting' || stand === 'running') && (
          <Panel title={stand === 'waiting' ? 'About to begin' : 'Under way'}>
            <div className="stack">
              <Seam done={done} of={done + left} label={`${done} of ${done + left} devices`} />
              <p className="m" role="status">
                {stand === 'waiting' && beginsAt
                  ? `Nothing was touched yet. It begins in ${Math.ceil((beginsAt.getTime() - now.getTime()) / 1000)} s, and goes on when this page is closed.`
                  : 'It goes on when this page is closed, and after a restart of the server.'}
              </p>
              <StopAction action={action} isUndo={stand === 'waiting'} />
            </div>
          </Panel>
        )}
        <Exclusions action={action} />
        <ActionDevices action={action} />
      </div>
    </Page>
  )
}
