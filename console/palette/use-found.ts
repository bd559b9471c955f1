import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useRouter } from '@tanstack/react-router'
import { useCaller } from '../shell/session.ts'
import { type Found, fits } from './entry.ts'
import { type Kind, kinds, type PageOf } from './kinds.ts'

/** Where pages of things are, as far as the console has them. */
export function usePageOf(): PageOf {
  const { routesByPath } = useRouter()
  return (list, id) => (`${list}/$id` in routesByPath ? `${list}/${id}` : list)
}

interface Answer {
  readonly found: readonly Found[]
  /** The kinds of which nobody knows whether they have any. */
  readonly failed: readonly string[]
}

/** Asks for every kind at once, and waits for all: what comes later would push away what somebody is about to choose. */
async function find(asked: readonly Kind[], text: string, pageOf: PageOf, signal: AbortSignal): Promise<Answer> {
  const answers = await Promise.allSettled(asked.map((kind) => kind.find(text, pageOf, signal)))
  const [first, ...others] = answers
  if (first?.status === 'rejected' && others.every(({ status }) => status === 'rejected')) throw first.reason
  const found = answers.flatMap((answer, at): Found[] =>
    answer.status === 'fulfilled' && answer.value.entries.length > 0
      ? [{ title: asked[at]?.title ?? '', ...answer.value }]
      : [],
  )
  return { found, failed: asked.filter((_, at) => answers[at]?.status === 'rejected').map(({ title }) => title) }
}

/**
 * What has a text in its name, kind by kind. What was found for the text before stays as far as it still fits, so that
 * nothing flickers while somebody types; a question that nobody waits for any more is given up.
 * @param text nothing is asked for the empty text
 */
export function useFound(text: string) {
  const { permissions } = useCaller()
  const pageOf = usePageOf()
  const asked = kinds.filter(
    ({ may, named }) => may.every((each) => permissions.includes(each)) && (named === undefined || named.test(text)),
  )
  const { data, error, isPlaceholderData, isFetching } = useQuery({
    queryKey: ['palette', text],
    queryFn: ({ signal }) => find(asked, text, pageOf, signal),
    enabled: text !== '',
    placeholderData: keepPreviousData,
  })
  if (text === '' || !data) return { found: [], failed: [], error, isAsking: isFetching }
  const still = ({ entries }: Found) => entries.filter((each) => fits(each, text))
  const found = isPlaceholderData
    ? data.found
        .map((each): Found => ({ title: each.title, entries: still(each) }))
        .filter(({ entries }) => entries.length > 0)
    : data.found
  return { found, failed: data.failed, error, isAsking: isFetching }
}
