import { useCallback, useEffect, useRef, useState } from 'react'
import type { CheckName, News, Order, PassedCheck, UsedKey } from './verify/messages.ts'

/** Where the keys came from, on which everything hangs. */
export type KeySource = { readonly from: 'file'; readonly file: File } | { readonly from: 'server' }

/** How far a verification has come. */
export interface Progress {
  readonly is: 'idle' | 'running' | 'verified' | 'failed' | 'stopped' | 'cannot' | 'no-keys' | 'broke'
  readonly passed: readonly PassedCheck[]
  readonly keys: readonly UsedKey[]
  readonly failed?: { readonly check: CheckName; readonly why: string }
  readonly why?: string
  readonly devices?: number
  readonly ms?: number
}

const idle: Progress = { is: 'idle', passed: [], keys: [] }

/** What a piece of news makes of what was known. */
export function told(progress: Progress, news: News): Progress {
  switch (news.says) {
    case 'keys':
      return { ...progress, keys: news.keys }
    case 'passed':
      return { ...progress, passed: [...progress.passed, news.check] }
    case 'failed':
      return { ...progress, is: 'failed', failed: news }
    case 'verified':
      return { ...progress, is: 'verified', devices: news.devices }
    case 'no-keys':
      return { ...progress, is: 'no-keys', why: news.why }
    case 'cannot':
      return { ...progress, is: 'cannot' }
  }
}

const newWorker = () => new Worker(new URL('./verify/worker.ts', import.meta.url), { type: 'module' })

/**
 * Verification in a thread of its own. The thread is there from the start, so that it works without a network later.
 */
export function useVerification() {
  const [progress, setProgress] = useState(idle)
  const worker = useRef<Worker>(undefined)
  const prepare = useCallback(() => {
    worker.current?.terminate()
    const made = newWorker()
    // It may not even load; the next order gets another one then.
    made.onerror = () => {
      if (worker.current === made) worker.current = undefined
      setProgress((before) => (before.is === 'running' ? { ...before, is: 'broke' } : before))
    }
    worker.current = made
  }, [])
  useEffect(() => {
    prepare()
    return () => worker.current?.terminate()
  }, [prepare])
  /** What is said of an order before the last one is said of something else than stands on the page. */
  const order = useRef(0)
  const start = async (load: () => Promise<Omit<Order, 'no'>>) => {
    const began = performance.now()
    const no = ++order.current
    setProgress({ ...idle, is: 'running' })
    try {
      const files = await load()
      if (no !== order.current) return
      if (!worker.current) prepare()
      const to = worker.current as Worker | undefined
      if (!to) return
      to.onmessage = ({ data }: MessageEvent<News & Pick<Order, 'no'>>) => {
        if (data.no === order.current)
          setProgress((before) => ({ ...told(before, data), ms: performance.now() - began }))
      }
      to.postMessage({ ...files, no } satisfies Order)
    } catch (error) {
      if (no !== order.current) return
      setProgress(idle)
      throw error
    }
  }
  const stop = () => {
    order.current++
    prepare()
    setProgress((before) => ({ ...before, is: 'stopped' }))
  }
  const reset = () => {
    order.current++
    setProgress(idle)
  }
  return { progress, start, stop, reset }
}
