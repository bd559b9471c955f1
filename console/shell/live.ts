import { followChanges, type SubjectName } from '@suture/contract/changes.ts'
import { apiBase } from '@suture/contract/endpoint.ts'
import { useSyncExternalStore } from 'react'
import { queries } from './ask.ts'

/** Whether news arrives, and since when it does not. */
export type Live = { readonly state: 'connecting' | 'live' } | { readonly state: 'lost'; readonly since: Date }

/** The one stream of changes of this page: what changed is asked for again wherever it is looked at. */
class Changes {
  #live: Live = { state: 'connecting' }
  #source: EventSource | undefined
  readonly #listeners = new Set<() => void>()
  readonly #changed = new Set<SubjectName>()
  readonly #asking = new Set<SubjectName>()

  readonly subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    this.#source ??= this.#open()
    return () => {
      this.#listeners.delete(listener)
    }
  }

  readonly read = () => this.#live

  close(): void {
    this.#source?.close()
    this.#source = undefined
    this.#set({ state: 'connecting' })
  }

  #open(): EventSource {
    const source = new EventSource(apiBase + followChanges.path)
    source.onopen = () => {
      // What happened while nobody listened is not known, so everything is asked again.
      void queries.invalidateQueries()
      this.#set({ state: 'live' })
    }
    source.onerror = () => {
      if (this.#live.state !== 'lost') this.#set({ state: 'lost', since: new Date() })
      // A stream that the server refused is not opened again by the browser itself.
      if (source.readyState !== EventSource.CLOSED) return
      this.#openLater(source)
      // The usual reason is that the session has ended.
      void queries.invalidateQueries({ queryKey: ['session'] })
    }
    source.onmessage = ({ data }) => {
      const { subjects } = followChanges.reply.parse(JSON.parse(data as string))
      for (const subject of subjects) void this.#askAgain(subject)
    }
    return source
  }

  /**
   * Asks again for what changed, and once more if it changed meanwhile. Answers are waited for: asking anew each time
   * would throw away every answer that takes longer than the next change.
   */
  async #askAgain(subject: SubjectName): Promise<void> {
    this.#changed.add(subject)
    if (this.#asking.has(subject)) return
    this.#asking.add(subject)
    while (this.#changed.delete(subject)) await queries.invalidateQueries({ queryKey: [subject] })
    this.#asking.delete(subject)
  }

  #openLater(closed: EventSource): void {
    setTimeout(() => {
      if (this.#source === closed) this.#source = this.#open()
    }, 5_000)
  }

  #set(live: Live): void {
    this.#live = live
    for (const listener of this.#listeners) listener()
  }
}

export const changes = new Changes()

export const useLive = (): Live => useSyncExternalStore(changes.subscribe, changes.read)
