import { listJobs } from '@suture/contract/deployment.ts'
import { getDevice } from '@suture/contract/devices.ts'
import { listFindings } from '@suture/contract/risk.ts'
import { getRouteApi } from '@tanstack/react-router'
import { urgencyTones } from '../design/clock.tsx'
import { Status } from '../design/status.tsx'
import { timeLeft, urgency } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { NotThere } from '../shell/not-there.tsx'
import { useNow } from '../shell/now.ts'
import { Page } from '../shell/page.tsx'
import { useMay } from '../shell/session.ts'
import { DeviceBody } from './device-body.tsx'
import { ReadButton, ReadingOutcome, useReading } from './device-read.tsx'
import { placeOf } from './device-rows.ts'
import type { DeviceDetail, Finding } from './timeline.ts'
import './device.css'

const route = getRouteApi('/frame/devices/$id')
const list = { name: 'Devices', to: '/devices' }

/** One device: what is known of it, what happened to it, and what is due. */
export function DevicePage() {
  const { id } = route.useParams()
  const device = useAsk(getDevice, { params: { id } }, { about: 'devices', everyMs: 15_000 })
  return device.data ? <Known key={id} device={device.data} /> : <NotThere of={device} thing="device" list={list} />
}

function Known({ device }: { readonly device: DeviceDetail }) {
  const { id } = device
  const now = useNow(10_000)
  const mayControl = useMay('deployment:control')
  const findings = useAsk(
    listFindings,
    { query: { device: id, limit: 500 } },
    { about: 'decisions', enabled: useMay('risk:read') },
  )
  const jobs = useAsk(
    listJobs,
    { query: { device: id, limit: 500 } },
    { about: 'rollouts', enabled: useMay('deployment:read') },
  )
  const reading = useReading(id)
  return (
    <Page
      title={device.name}
      above={[list]}
      pills={
        <>
          <Status kind="device" value={device.state} pill />
          {device.rig && <span className="tag line">rig of the lab</span>}
          <DuePill findings={findings.data?.items} now={now} />
        </>
      }
      summary={`${device.manufacturer} ${device.model}, ${device.type}, hardware revision ${device.hardwareRevision}, at ${placeOf(device)}. Runs ${device.firmware}, ${device.billAssurance}.`}
      actions={mayControl && <ReadButton reading={reading} obstacle={obstacleOf(device)} />}
    >
      <ReadingOutcome reading={reading} />
      <DeviceBody device={device} findings={findings} jobs={jobs} now={now} />
    </Page>
  )
}

function obstacleOf({ state, identity }: DeviceDetail): string | undefined {
  if (state === 'retired') return 'It is retired, so nothing reaches it any more'
  if (identity === null) return 'No address is confirmed at which it could be read'
  return identity.allowed ? undefined : 'Its site does not allow requests to its address'
}

/** How many findings there are until the first deadline. */
function DuePill({ findings, now }: { readonly findings: readonly Finding[] | undefined; readonly now: Date }) {
  const first = findings?.[0]?.dueAt
  if (!first) return null
  const count = findings.filter(({ dueAt }) => dueAt?.getTime() === first.getTime()).length
  const left = timeLeft(first, now)
  return (
    <span className={`pill c-${urgencyTones[urgency(first, now)]}`}>
      {count} {count === 1 ? 'finding' : 'findings'} {left.endsWith('late') ? left : `due in ${left}`}
    </span>
  )
}
