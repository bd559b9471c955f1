import { useDebouncedCallback } from '@mantine/hooks'
import { type ChangeEvent, type ClipboardEvent, useState } from 'react'

const restMs = 150
/** As much of a pasted document as is looked through. */
export const longest = 20_000

const lineOf = (text: string): string => text.replaceAll(/\s+/g, ' ').trim()

/** What is typed, and what of it is asked: typing rests first, and what is pasted is asked at once. */
export function useTyped() {
  const [typed, setTyped] = useState('')
  const [asked, setAsked] = useState('')
  const rest = useDebouncedCallback(setAsked, restMs)
  const put = (text: string) => {
    rest.cancel()
    setTyped(lineOf(text))
    setAsked(lineOf(text))
  }
  const type = ({ currentTarget: { value }, nativeEvent }: ChangeEvent<HTMLInputElement>) => {
    if ((nativeEvent as InputEvent).inputType === 'insertFromPaste') return put(value)
    setTyped(value)
    rest(lineOf(value))
  }
  /** Of several lines a field would make one long word. */
  const paste = (event: ClipboardEvent) => {
    const text = event.clipboardData.getData('text')
    if (!/[\r\n]/.test(text)) return
    event.preventDefault()
    put(text.slice(0, longest))
  }
  return { typed, asked, put, type, paste }
}
