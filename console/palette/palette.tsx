import { Modal } from '@mantine/core'
import { useRouter } from '@tanstack/react-router'
import { type KeyboardEvent, useId, useState } from 'react'
import { go } from '../shell/go.ts'
import { close, closeToGo } from '../shell/overlay.ts'
import { actOf } from '../shell/shortcuts.ts'
import { singleKeys } from '../shell/single-keys.ts'
import { Bottom } from './bottom.tsx'
import { CvePanel } from './cve-panel.tsx'
import { type Entry, partOf, stepFrom } from './entry.ts'
import { Field } from './field.tsx'
import { Nothing } from './nothing.tsx'
import './palette.css'
import { Results } from './results.tsx'
import { useCopy } from './use-copy.ts'
import { useGroups } from './use-groups.ts'
import { useTyped } from './use-typed.ts'

/** Finds every place, action and thing, and answers a pasted CVE. */
export const Palette = () => (
  <Modal.Root
    opened
    onClose={close}
    lockScroll={false}
    returnFocus={false}
    size={720}
    yOffset="var(--palette-top)"
    xOffset={12}
    transitionProps={{ duration: 0 }}
  >
    <Modal.Overlay className="scrim" />
    <Modal.Content aria-label="Search or act" classNames={{ content: 'palette' }}>
      <Inside />
    </Modal.Content>
  </Modal.Root>
)

function Inside() {
  const { typed, asked, put, type, paste } = useTyped()
  const { id, cve, groups, failed, error, isAsking } = useGroups(asked, typed)
  const list = useId()
  const { copied, copy } = useCopy()
  const run = useRun(put, copy)
  const { active, entries, setAt, press } = useChoice(
    groups.flatMap((group) => group.entries),
    run,
    copy,
  )
  return (
    <>
      <Field
        list={entries.length > 0 ? list : undefined}
        option={active && partOf(list, active.id)}
        isAsking={isAsking}
        value={typed}
        onChange={(event) => {
          setAt(undefined)
          type(event)
        }}
        onKeyDown={press}
        onPaste={paste}
      />
      <div className="body">
        {id !== undefined && <CvePanel id={id} asked={cve} />}
        <Results list={list} groups={groups} active={active?.id} onPoint={setAt} onChoose={run} />
        <Nothing typed={asked} isNone={entries.length === 0 && !isAsking && id === undefined} {...{ failed, error }} />
      </div>
      <Bottom active={active} copied={copied} onCopy={copy} count={entries.length} isAsking={isAsking} />
    </>
  )
}

/** Which entry is chosen, the first until somebody moves, and what the keys do with it. */
function useChoice(entries: readonly Entry[], run: (entry: Entry) => void, copy: (command: string) => void) {
  const [at, setAt] = useState<string>()
  const active = entries.find((each) => each.id === at) ?? entries[0]
  const press = (event: KeyboardEvent<HTMLInputElement>) => {
    if (event.nativeEvent.isComposing) return
    const act = actOf('palette', event, singleKeys())
    const { selectionStart, selectionEnd } = event.currentTarget
    if (actOf('everywhere', event, singleKeys()) === 'palette') close()
    else if (act === 'next' || act === 'previous') setAt(stepFrom(entries, active?.id, act === 'next' ? 1 : -1)?.id)
    else if (act === 'run' && active) run(active)
    else if (act === 'copy' && active?.command && selectionStart === selectionEnd) copy(active.command)
    else return
    event.preventDefault()
  }
  return { active, entries, setAt, press }
}

/** Does what an entry is for. */
function useRun(put: (text: string) => void, copy: (command: string) => void) {
  const router = useRouter()
  return ({ way, command }: Entry) => {
    if (way === 'copies') return copy(command ?? '')
    if ('asks' in way) return put(way.asks)
    if ('does' in way) {
      close()
      return void way.does()
    }
    closeToGo()
    void go(router, way.to)
  }
}
