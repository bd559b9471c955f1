import fc from 'fast-check'
import { expect, test } from 'vitest'
import { createGate } from './gate.ts'

test('no more runs at once than may, no more waits than may, and whatever was let in is done', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 4 }),
      fc.nat(6),
      fc.integer({ min: 1, max: 30 }),
      async (atOnce, waiting, asked) => {
        const gate = createGate({ atOnce, waiting })
        let running = 0
        let most = 0
        const finish: (() => void)[] = []
        const work = async () => {
          most = Math.max(most, ++running)
          await new Promise<void>((done) => finish.push(done))
          running--
          return 'done'
        }
        const outcomes = Array.from({ length: asked }, () =>
          gate.run(work).catch((error: { code: string }) => error.code),
        )
        const all = Promise.all(outcomes)
        let over = false
        void all.then(() => {
          over = true
        })
        while (!over) {
          finish.shift()?.()
          await new Promise((turn) => setImmediate(turn))
        }
        const told = await all
        expect(most).toBe(Math.min(atOnce, asked))
        expect(told.filter((outcome) => outcome === 'done')).toHaveLength(Math.min(asked, atOnce + waiting))
        expect(told.filter((outcome) => outcome === 'http/too-many-requests')).toHaveLength(
          Math.max(0, asked - atOnce - waiting),
        )
      },
    ),
  )
})

test('work that fails gives its place back', async () => {
  const gate = createGate({ atOnce: 1, waiting: 0 })
  await expect(gate.run(async () => Promise.reject(new Error('broken')))).rejects.toThrow('broken')
  expect(await gate.run(async () => 'next')).toBe('next')
})
