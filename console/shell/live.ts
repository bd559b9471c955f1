import { followChanges } from '@suture/contract/changes.ts'
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
      if (this.#live.state === 'lost') void queries.invalidateQueries()
      this.#set({ state: 'live' })
    }
    source.onerror = () => {
      if (this.#live.state !== 'lost') this.#set({ state: 'lost', since: new Date() })
      // A stream that the server refused is not opened again by the browser itself.
      if (source.readyState === EventSource.CLOSED) this.#openLater(source)
    }
    source.onmessage = ({ data }) => {
      const { subjects } = followChanges.reply.parse(JSON.parse(data as string))
      for (const subject of subjects) void queries.invalidateQueries({ queryKey: [subject] })
    }
    return source
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
