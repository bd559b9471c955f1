import { TextInput } from '@mantine/core'
import { Panel } from '../../design/panel.tsx'
import { instant, span } from '../../design/time.ts'
import { minuteText } from './draft.ts'

interface Given {
  readonly from: Date
  readonly to: Date
  readonly now: Date
  /** Whether it may begin as soon as it is approved. */
  readonly isAtOnce: boolean
  readonly onFrom: (text: string | undefined) => void
  readonly onTo: (text: string | undefined) => void
}

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone
const here = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit' })

/** A moment for somebody whose clock is not in UTC. */
const ownTime = (at: Date): string =>
  at.getTimezoneOffset() === 0 ? instant(at) : `${instant(at)}; ${here.format(at)} where you are (${zone})`

/** What is wrong with a window, if anything is. */
const faultOf = ({ from, to, now }: Pick<Given, 'from' | 'to' | 'now'>): string | undefined =>
  to <= from
    ? 'It would end before it may begin: choose a later end'
    : to <= now
      ? 'It would end in the past: choose a later end'
      : undefined

/** From when to when the rollout may offer anything. */
export const WhenField = (given: Given) => (
  <Panel title="When" aside={`for ${span(given.to.getTime() - given.from.getTime())}`}>
    <div className="amounts wide">
      <TextInput
        type="datetime-local"
        label="Not before, in UTC"
        description={given.isAtOnce ? 'As soon as it is approved and somebody starts it' : ownTime(given.from)}
        value={given.isAtOnce ? '' : minuteText(given.from)}
        onChange={({ currentTarget: { value } }) => given.onFrom(value === '' ? undefined : value.slice(0, 16))}
      />
      <TextInput
        type="datetime-local"
        label="Not after, in UTC"
        description={ownTime(given.to)}
        error={faultOf(given)}
        value={minuteText(given.to)}
        onChange={({ currentTarget: { value } }) => given.onTo(value === '' ? undefined : value.slice(0, 16))}
      />
    </div>
    <p className="t12 m">Nothing is offered to a device outside of it.</p>
  </Panel>
)
