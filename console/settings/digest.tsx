import { Button, NativeSelect } from '@mantine/core'
import type { Reply } from '@suture/contract/client.ts'
import { getDigest, setDigest } from '@suture/contract/notices.ts'
import { type FormEvent, useState } from 'react'
import { Asked } from '../design/asked.tsx'
import { Empty } from '../design/faces.tsx'
import { Panel } from '../design/panel.tsx'
import { instant } from '../design/time.ts'
import { ask, queries, useAsk } from '../shell/ask.ts'
import { useAct } from '../shell/use-act.ts'

type Chosen = Reply<typeof getDigest>

/** Which mails whoever looks gets: none, unless they chose so. */
export function Digest() {
  const asked = useAsk(getDigest, {}, { about: 'people' })
  return (
    <Panel title="Your digest" aside="one mail a day, and none when there is nothing to say">
      <Asked of={asked} what="Your digest">
        {(chosen) => (chosen.canSend ? <Choice key={keyOf(chosen)} chosen={chosen} /> : <NoMail />)}
      </Asked>
    </Panel>
  )
}

/** What was chosen elsewhere takes the place of what stands in the form. */
const keyOf = ({ digest }: Chosen): string => `${digest?.hour} ${digest?.urgent}`

const NoMail = () => (
  <Empty title="This server sends no mail" command="SUTURE_SMTP_URL=smtps://HOST SUTURE_MAIL_FROM=ADDRESS suture serve">
    A digest tells each morning what needs somebody, one line for each cause. You can choose one here once whoever runs
    the server has said by which way mail goes.
  </Empty>
)

const hours = Array.from({ length: 24 }, (_, hour) => hour)

function Choice({ chosen: { mail, digest } }: { readonly chosen: Chosen }) {
  const [hour, setHour] = useState(digest?.hour)
  const [urgent, setUrgent] = useState(digest?.urgent ?? false)
  const { isBusy, trouble, act } = useAct()
  const submit = (event: FormEvent) => {
    event.preventDefault()
    void act(async () => {
      await ask(setDigest, { body: { digest: hour === undefined ? null : { hour, urgent } } })
      await queries.invalidateQueries({ queryKey: ['people'] })
    })
  }
  if (mail === null)
    return <p className="m">A digest goes to the login name, and yours is no mail address. An admin can invite one.</p>
  return (
    <form className="stack" onSubmit={submit}>
      <p className="m">
        {digest === null
          ? `No mail goes to ${mail}.`
          : `It goes to ${mail}. What happened until ${instant(digest.toldAt)} was told.`}
      </p>
      <NativeSelect
        label="When"
        description="The hour of the day, UTC"
        value={hour === undefined ? '' : String(hour)}
        onChange={({ currentTarget: { value } }) => setHour(value === '' ? undefined : Number(value))}
        maw={320}
      >
        <option value="">Never: no mail</option>
        {hours.map((each) => (
          <option key={each} value={each}>
            {String(each).padStart(2, '0')}:00
          </option>
        ))}
      </NativeSelect>
      {hour !== undefined && (
        <label className="tick">
          <input type="checkbox" checked={urgent} onChange={({ currentTarget: { checked } }) => setUrgent(checked)} />
          <span>
            At once what cannot wait
            <span className="f t12 says">
              A rollout that its limits stopped, a revision in quarantine, devices that contradict themselves
            </span>
          </span>
        </label>
      )}
      {trouble !== undefined && (
        <p className="call c-danger" role="alert">
          {trouble}
        </p>
      )}
      <div>
        <Button type="submit" variant="default" loading={isBusy}>
          Keep this choice
        </Button>
      </div>
    </form>
  )
}
