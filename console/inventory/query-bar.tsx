import { Combobox, TextInput, useCombobox } from '@mantine/core'
import { useDebouncedCallback } from '@mantine/hooks'
import { deviceFields } from '@suture/contract/device-fields.ts'
import { listDeviceViews } from '@suture/contract/device-views.ts'
import { readQuery } from '@suture/contract/query/check.ts'
import { completed, writingAt } from '@suture/contract/query/complete.ts'
import { isQueryProblem, type QueryProblem } from '@suture/contract/query/query.ts'
import { type FormEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { useAsk } from '../shell/ask.ts'
import { CopyQuery } from './copy-query.tsx'
import { Trouble } from './query-trouble.tsx'
import { Suggestions } from './suggestions.tsx'
import { useSuggestions } from './use-suggestions.ts'

interface Given {
  readonly value: string
  readonly onChange: (query: string) => void
}

/** For how long typing has to rest before what was typed is looked for, in milliseconds. */
const restMs = 250

/** What is wrong with a query, as far as that can be told without asking: its grammar, its fields, and the views it names. */
function problemOf(text: string, views: readonly string[] | undefined): QueryProblem | undefined {
  if (text.trim() === '') return undefined
  const read = readQuery(text, deviceFields, new Date())
  if (isQueryProblem(read)) return read
  for (const { 1: name = '', index } of text.matchAll(/(?<=^|[\s(,;-])@([a-z0-9][a-z0-9-]*)(?=[\s(),;]|$)/g))
    if (views && !views.includes(name))
      return { problem: `There is no view @${name}`, at: { from: index, to: index + name.length + 1 } }
  return undefined
}

/**
 * Where a query of devices is written: it is looked for while it is typed, as soon as it can be read. What is wrong with
 * it is told when the typing rests, with what may have been meant.
 */
export function QueryBar({ value, onChange }: Given) {
  const [typed, setTyped] = useState(value)
  const [caret, setCaret] = useState(0)
  const [problem, setProblem] = useState<QueryProblem>()
  const input = useRef<HTMLInputElement>(null)
  const next = useRef<number>(undefined)
  /** The query that the address has from here. */
  const told = useRef(value)
  const troubleId = useId()
  const box = useCombobox({ onDropdownClose: () => box.resetSelectedOption() })
  const writing = writingAt(typed, caret)
  const groups = useSuggestions(writing, box.dropdownOpened)

  const views = useAsk(listDeviceViews, {}, { about: 'devices' }).data?.items.map(({ name }) => name)

  const look = (text: string) => {
    const wrong = problemOf(text, views)
    setProblem(wrong)
    if (wrong) return
    told.current = text.trim()
    onChange(told.current)
  }
  const lookSoon = useDebouncedCallback(look, restMs)
  // The address may change by itself: somebody goes back, takes a view, or clears the query.
  useEffect(() => {
    if (value === told.current) return
    told.current = value
    lookSoon.cancel()
    setTyped(value)
    setProblem(problemOf(value, undefined))
  }, [value, lookSoon])
  useLayoutEffect(() => {
    if (next.current === undefined) return
    input.current?.setSelectionRange(next.current, next.current)
    next.current = undefined
  })

  const write = (text: string, at: number) => {
    setTyped(text)
    setCaret(at)
    lookSoon(text)
  }
  const take = (by: string) => {
    const { text, caret: at } = completed(typed, writing, by)
    next.current = at
    write(text, at)
    box.resetSelectedOption()
    input.current?.focus()
  }
  const mend = (meant: string) => {
    lookSoon.cancel()
    setTyped(meant)
    setCaret(meant.length)
    look(meant)
  }
  const submit = (event: FormEvent) => {
    event.preventDefault()
    lookSoon.cancel()
    look(typed)
    box.closeDropdown()
  }
  const trouble = problem && <Trouble id={troubleId} text={typed} problem={problem} onTake={mend} />
  return (
    <search className="query-bar">
      <form onSubmit={submit}>
        <Combobox
          store={box}
          onOptionSubmit={take}
          position="bottom-start"
          width={460}
          offset={4}
          middlewares={{ flip: false }}
        >
          <Combobox.Target withExpandedAttribute>
            <TextInput
              ref={input}
              id="query"
              className="text"
              role="combobox"
              aria-label="Query of devices"
              aria-describedby={problem ? troubleId : undefined}
              aria-invalid={problem !== undefined}
              placeholder="A name, a serial, or vendor:axis fw<11.2 due<7d"
              leftSection={<Glyph name="search" size={14} />}
              rightSection={<CopyQuery query={value} />}
              rightSectionWidth="auto"
              rightSectionPointerEvents="all"
              autoComplete="off"
              autoCapitalize="off"
              spellCheck={false}
              maxLength={2000}
              value={typed}
              onChange={({ currentTarget }) => {
                write(currentTarget.value, currentTarget.selectionStart ?? currentTarget.value.length)
                box.openDropdown()
              }}
              onSelect={({ currentTarget }) => setCaret(currentTarget.selectionStart ?? 0)}
              onFocus={() => box.openDropdown()}
              onClick={() => box.openDropdown()}
              onBlur={() => {
                // What was typed counts as soon as somebody turns to something else.
                lookSoon.flush()
                box.closeDropdown()
              }}
            />
          </Combobox.Target>
          <Suggestions groups={groups} trouble={trouble} />
        </Combobox>
      </form>
      {!box.dropdownOpened && trouble}
    </search>
  )
}
