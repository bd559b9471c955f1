import { useDebouncedValue } from '@mantine/hooks'
import { previewRollout } from '@suture/contract/deployment.ts'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { question } from '../../shell/ask.ts'
import type { Body } from './draft.ts'

/** For how long the form has to rest before the server is asked, in milliseconds. */
const restMs = 300

/** What the plan in the form would come to; while that is being asked, what the one before would have come to. */
export function usePreview(body: Body | undefined) {
  const wanted = body === undefined ? '' : JSON.stringify(body)
  const [asked] = useDebouncedValue(wanted, restMs)
  const of = asked === '' ? undefined : (JSON.parse(asked) as Body)
  const told = useQuery({
    ...question(previewRollout, { body: of as Body }, { about: 'devices', enabled: of !== undefined }),
    placeholderData: keepPreviousData,
  })
  return { told, isCurrent: asked === wanted && !told.isPlaceholderData && !told.isPending }
}
