import { describe, expect, test } from 'vitest'
import { coalesce } from './coalesce.ts'

const gathering = (given: Partial<Parameters<typeof coalesce<number, string>>[0]> = {}) => {
  const batches: (readonly number[])[] = []
  const ask = coalesce<number, string>({
    waitMs: 5,
    most: 100,
    atOnce: 2,
    waiting: 1000,
    partOf: () => 'all',
    answer: async (questions) => {
      batches.push(questions)
      return questions.map((question) => `${question}!`)
    },
    ...given,
  })
  return { ask, batches }
}
const upTo = (n: number) => Array.from({ length: n }, (_, at) => at)

describe('questions that come together', () => {
  test('are answered in one go, each with its own answer', async () => {
    const { ask, batches } = gathering()
    expect(await Promise.all(upTo(50).map(ask))).toEqual(upTo(50).map((n) => `${n}!`))
    expect(batches).toEqual([upTo(50)])
  })

  test('do not wait for more once there are enough', async () => {
    const { ask, batches } = gathering({ waitMs: 3_600_000, most: 10 })
    expect(await Promise.all(upTo(30).map(ask))).toHaveLength(30)
    expect(batches.map(({ length }) => length)).toEqual([10, 10, 10])
  })

  test('are answered so many batches at a time, and none is forgotten', async () => {
    let [running, highest] = [0, 0]
    const open = Promise.withResolvers<void>()
    const { ask } = gathering({
      most: 5,
      answer: async (questions) => {
        highest = Math.max(highest, ++running)
        await open.promise
        running--
        return questions.map(String)
      },
    })
    const answers = upTo(42).map(ask)
    await Promise.resolve()
    open.resolve()
    expect(await Promise.all(answers)).toEqual(upTo(42).map(String))
    expect(highest).toBe(2)
  })

  test('fail with those that they belong to, and with no others', async () => {
    const { ask } = gathering({
      partOf: (n) => n % 2,
      answer: async (questions) => {
        if (questions.includes(3)) throw new Error('down')
        return questions.map(String)
      },
    })
    const ended = await Promise.allSettled(upTo(6).map(ask))
    expect(ended.map(({ status }) => status)).toEqual(upTo(6).map((n) => (n % 2 === 0 ? 'fulfilled' : 'rejected')))
  })

  test('fail together, and the next ones do not', async () => {
    let fails = true
    const { ask } = gathering({
      answer: async (questions) => {
        if (fails) throw new Error('down')
        return questions.map(String)
      },
    })
    const failed = await Promise.allSettled(upTo(3).map(ask))
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected', 'rejected'])
    fails = false
    expect(await ask(7)).toBe('7')
  })

  test('are refused at once when too many wait', async () => {
    const open = Promise.withResolvers<void>()
    const { ask } = gathering({
      most: 10,
      waiting: 20,
      answer: async (questions) => {
        await open.promise
        return questions.map(String)
      },
    })
    const asked = upTo(100).map(ask)
    const refused = Promise.allSettled(asked)
    open.resolve()
    const codes = (await refused).map((each) => (each.status === 'rejected' ? each.reason.code : 'answered'))
    expect(codes.filter((code) => code === 'answered')).toHaveLength(40)
    expect(codes.filter((code) => code === 'http/too-many-requests')).toHaveLength(60)
  })

  test('are not answered with what belongs to others', async () => {
    const { ask } = gathering({ answer: async () => ['only one'] })
    await expect(Promise.all([ask(1), ask(2)])).rejects.toThrow('another number')
  })
})
