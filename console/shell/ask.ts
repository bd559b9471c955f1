import type { SubjectName } from '@suture/contract/changes.ts'
import { type Arguments, call, ProblemError, type Reply, see } from '@suture/contract/client.ts'
import type { AnyEndpoint } from '@suture/contract/endpoint.ts'
import { QueryCache, QueryClient, type UseQueryResult, useQuery } from '@tanstack/react-query'
import { isNoSuch, NoSuch } from '../design/no-such.ts'

const here = { base: location.origin, headers: {} }

/** Calls an endpoint in the session of whoever looks. */
export const ask = <E extends AnyEndpoint>(endpoint: E, given: Arguments<E>, signal?: AbortSignal): Promise<Reply<E>> =>
  call(here, endpoint, given, signal)

/** Asks for what is to be edited, with the ETag by which the edit says what was seen. */
export const read = <E extends AnyEndpoint>(endpoint: E, given: Arguments<E>) => see(here, endpoint, given)

/** What an answer is about; when the server says that this changed, the question is asked again. */
type About = SubjectName | 'session' | 'nothing'

interface Options {
  readonly about: About
  /** Also ask again every so many milliseconds, for what changes without an event. */
  readonly everyMs?: number | false
  readonly enabled?: boolean
}

/** How a question stands. */
interface Asked {
  readonly state: { readonly error: Error | null }
}

/**
 * What to ask, as TanStack Query takes it; a loader and a page that ask the same share the answer. A name from an address
 * that can be nobody’s is not asked about at all, and one that nobody has only when something changes.
 */
export const question = <E extends AnyEndpoint>(endpoint: E, given: Arguments<E>, { about, ...options }: Options) => ({
  queryKey: [about, endpoint.id, given] as const,
  queryFn: async ({ signal }: { signal: AbortSignal }) => {
    if (!endpoint.params.safeParse((given as { params?: object }).params ?? {}).success) throw new NoSuch()
    return ask(endpoint, given, signal)
  },
  refetchInterval: ({ state }: Asked) => (isNoSuch(state.error) ? false : (options.everyMs ?? false)),
  enabled: ({ state }: Asked) => (options.enabled ?? true) && !(state.error instanceof NoSuch),
})

/** The answer of an endpoint, kept up to date while anybody looks at it. */
export const useAsk = <E extends AnyEndpoint>(
  endpoint: E,
  given: Arguments<E>,
  options: Options,
): UseQueryResult<Reply<E>, Error> => useQuery(question(endpoint, given, options)) as UseQueryResult<Reply<E>, Error>

/** Whether somebody has to sign in first. */
export const isSignedOut = (error: unknown): boolean =>
  error instanceof ProblemError && error.problem.code === 'auth/not-signed-in'

/** A refusal is an answer; only what failed on the way is tried again. */
export const queries = new QueryClient({
  queryCache: new QueryCache({
    onError: (error, { queryKey }) => {
      // Whoever asked as somebody who is not signed in any more is asked who they are.
      if (isSignedOut(error) && queryKey[0] !== 'session') void queries.invalidateQueries({ queryKey: ['session'] })
    },
  }),
  defaultOptions: {
    queries: {
      staleTime: 2_000,
      retry: (times, error) =>
        !(isNoSuch(error) || (error instanceof ProblemError && error.problem.status < 500)) && times < 2,
      refetchOnWindowFocus: false,
    },
  },
})
