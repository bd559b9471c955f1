import { Button, TextInput } from '@mantine/core'
import { actionWords, devicesInWords } from '@suture/contract/device-action-words.ts'
import { startDeviceAction, stopDeviceAction } from '@suture/contract/device-actions.ts'
import { Link } from '@tanstack/react-router'
import { type FormEvent, useState } from 'react'
import { ask, queries } from '../shell/ask.ts'
import { useMay } from '../shell/session.ts'
import { useAct } from '../shell/use-act.ts'
import { type DeviceAction, isCount, isTyped } from './action-words.ts'

interface Given {
  readonly action: DeviceAction
}

/** So long a person may think better of it before anything is touched, in seconds. */
const undoSeconds = 10

const askedAgain = () => queries.invalidateQueries({ queryKey: ['devices'] })

/** The step from what would be done to doing it; above 500 devices the count is typed. */
export function StartAction({ action: { id, kind, left } }: Given) {
  const [typed, setTyped] = useState('')
  const { isBusy, trouble, act } = useAct()
  if (left === 0) return null
  const isMeant = !isTyped(left) || isCount(typed, left)
  const start = (event: FormEvent) => {
    event.preventDefault()
    if (!isMeant) return
    void act(async () => {
      await ask(startDeviceAction, { params: { id }, body: { expect: left, delaySeconds: undoSeconds } })
      await askedAgain()
    })
  }
  const count = left.toLocaleString('en-GB')
  return (
    <form className="stack action-start" onSubmit={start}>
      {isTyped(left) && (
        <TextInput
          label={`Type ${count}, the number of devices`}
          description="More than 500 at once are confirmed by their number"
          inputMode="numeric"
          autoComplete="off"
          value={typed}
          onChange={({ currentTarget }) => setTyped(currentTarget.value)}
          error={typed !== '' && !isMeant ? `That is not ${count}` : undefined}
        />
      )}
      {trouble !== undefined && (
        <p className="call c-danger" role="alert">
          {trouble}
        </p>
      )}
      <div className="flex">
        <Button type="submit" variant="default" className="grave" loading={isBusy} disabled={!isMeant}>
          {actionWords[kind].verb} {devicesInWords(left)}
        </Button>
        <Button variant="default" renderRoot={(props) => <Link to="/devices" {...props} />}>
          Leave them as they are
        </Button>
      </div>
      <p className="f t12">
        It begins {undoSeconds} seconds after you press. Each device is looked at once more before it is touched.
      </p>
    </form>
  )
}

/** Has it touch no device more: as if nothing had been, while it has not begun. */
export function StopAction({ action: { id, left }, isUndo }: Given & { readonly isUndo: boolean }) {
  const { isBusy, trouble, act } = useAct()
  const may = useMay('inventory:write')
  const stop = () =>
    act(async () => {
      await ask(stopDeviceAction, { params: { id } })
      await askedAgain()
    })
  if (!may) return null
  return (
    <>
      {trouble !== undefined && (
        <p className="call c-danger" role="alert">
          {trouble}
        </p>
      )}
      <div className="flex">
        <Button variant="default" loading={isBusy} onClick={() => void stop()} aria-keyshortcuts="a">
          {isUndo ? 'Undo: touch no device' : `Leave the other ${devicesInWords(left)} as they are`}
        </Button>
      </div>
    </>
  )
}
