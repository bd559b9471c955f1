import { Button } from '@mantine/core'
import { readDevice } from '@suture/contract/deployment.ts'
import { useMutation } from '@tanstack/react-query'
import { Glyph } from '../design/glyph.tsx'
import { instant } from '../design/time.ts'
import { ask, queries } from '../shell/ask.ts'
import { readingWords } from './device-said.ts'

/** Reads a device on request. */
export const useReading = (id: string) =>
  useMutation({
    mutationFn: () => ask(readDevice, { params: { id } }),
    onSettled: () => queries.invalidateQueries({ queryKey: ['devices'] }),
  })

type Reading = ReturnType<typeof useReading>

interface Given {
  readonly reading: Reading
  /** Why it cannot be read; the words stand beside the button. */
  readonly obstacle: string | undefined
}

export const ReadButton = ({ reading, obstacle }: Given) => (
  <>
    {obstacle !== undefined && <span className="f t12">{obstacle}</span>}
    <Button
      variant="default"
      disabled={obstacle !== undefined || reading.isPending}
      onClick={() => reading.mutate()}
      title="Asks the device for its identity at the confirmed address, and believes what it finds"
    >
      {reading.isPending ? 'Reading it' : 'Read it now'}
    </Button>
  </>
)

/** What came of the reading, in words. */
export function ReadingOutcome({ reading: { data, error } }: { readonly reading: Reading }) {
  if (!data && !error) return <div role="status" />
  const isFine = data && (data.outcome === 'as-wanted' || data.outcome === 'as-before') && !data.changed
  const tone = isFine ? 'closed' : 'soon'
  return (
    <div className={`call c-${tone} reading`} role="status">
      <Glyph name={isFine ? 'scan' : 'warn'} />
      {data ? (
        <span>
          {readingWords(data)} <span className="f">Read {instant(data.at)}.</span>
        </span>
      ) : (
        <span>{error?.message} Nothing was changed.</span>
      )}
    </div>
  )
}
