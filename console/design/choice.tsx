import { NativeSelect } from '@mantine/core'

interface Given {
  readonly name: string
  /** What choosing nothing means. */
  readonly all: string
  readonly value: string | undefined
  readonly choices: readonly string[]
  /** What a choice is called, where it is not called what it is. */
  readonly words?: (choice: string) => string
  readonly onChange: (value: string | undefined) => void
}

/** One of several, or all of them; what an address chose stays a choice even if it is none. */
export const Choice = ({ name, all, value, choices, words = (each) => each, onChange }: Given) => (
  <NativeSelect
    aria-label={name}
    value={value ?? ''}
    onChange={({ currentTarget }) => onChange(currentTarget.value === '' ? undefined : currentTarget.value)}
  >
    <option value="">{all}</option>
    {[...new Set([...choices, ...(value === undefined ? [] : [value])])].map((each) => (
      <option key={each} value={each}>
        {words(each)}
      </option>
    ))}
  </NativeSelect>
)
