import { TextInput } from '@mantine/core'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { readLength, writeLength } from './length.ts'

interface Given {
  readonly label: string
  /** The label is for those who do not see the column or the sentence that the field stands in. */
  readonly isInline?: boolean
  readonly value: number
  readonly most: number
  readonly least?: number
  readonly unit?: ReactNode
  /** What the number counts: a length of time is written with its unit. */
  readonly counts?: 'things' | 'time'
  readonly onChange: (value: number) => void
}

const whole = (text: string): number | undefined => (/^\s*\d{1,9}\s*$/.test(text) ? Number(text) : undefined)

/** A whole number or a length of time. What is typed stays; only what can be read and is allowed is told on. */
export function Amount({ label, isInline, value, most, least = 1, unit, counts = 'things', onChange }: Given) {
  const isTime = counts === 'time'
  const [read, write] = isTime ? [readLength, writeLength] : [whole, String]
  const [typed, setTyped] = useState(() => write(value))
  const told = useRef(value)
  useEffect(() => {
    if (value === told.current) return
    told.current = value
    setTyped(write(value))
  }, [value, write])
  const allowed = (amount: number | undefined) =>
    amount !== undefined && amount >= least && amount <= most ? amount : undefined
  const given = read(typed)
  const wrong =
    given === undefined
      ? isTime
        ? 'Such as 90s, 30m, 24h or 2d'
        : 'A whole number'
      : `${write(least)} to ${write(most)}`
  return (
    <TextInput
      {...(isInline ? { 'aria-label': label } : { label })}
      className="amount"
      value={typed}
      error={allowed(given) === undefined && wrong}
      rightSection={unit}
      inputMode={isTime ? 'text' : 'numeric'}
      autoComplete="off"
      onChange={({ currentTarget: { value: text } }) => {
        setTyped(text)
        const next = allowed(read(text))
        if (next === undefined) return
        told.current = next
        onChange(next)
      }}
    />
  )
}
