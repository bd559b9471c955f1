import type { Connection } from '@suture/contract/client.ts'

interface Message {
  readonly id: string
  readonly data: { readonly kind: string; readonly subject: string; readonly detail: Readonly<Record<string, unknown>> }
}

/** An event stream that somebody reads. */
export interface Followed {
  readonly status: number
  /** What has come so far. */
  readonly messages: readonly Message[]
  /** Once the stream has ended, whoever ended it. */
  readonly ended: Promise<void>
  close(): void
}

/** Opens the stream of events, and reads it until it ends or is closed. */
export async function openStream({ base, headers }: Connection, lastEventId?: string): Promise<Followed> {
  const gone = new AbortController()
  const response = await fetch(new URL('/api/v1/events/stream', base), {
    headers: { ...headers, ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }) },
    signal: gone.signal,
  })
  const messages: Message[] = []
  const ended = read(response, messages).catch(() => undefined)
  return { status: response.status, messages, ended, close: () => gone.abort() }
}

async function read(response: Response, messages: Message[]): Promise<void> {
  let text = ''
  for await (const chunk of response.body as ReadableStream<Uint8Array>) {
    text += Buffer.from(chunk).toString('utf8')
    for (let end = text.indexOf('\n\n'); end >= 0; end = text.indexOf('\n\n')) {
      const [, id, data] = /^id: (.+)\ndata: (.+)$/.exec(text.slice(0, end)) ?? []
      if (id !== undefined && data !== undefined) messages.push({ id, data: JSON.parse(data) as Message['data'] })
      text = text.slice(end + 2)
    }
  }
}
