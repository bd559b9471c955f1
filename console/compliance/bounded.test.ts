import { expect, test } from 'vitest'
import { bytesOfAnswer, bytesOfFile } from './bounded.ts'

test('a file that is too large is refused by its size, before a byte of it is read', async () => {
  const file = new File(['12345'], 'pack.json')
  expect(Buffer.from(await bytesOfFile(file, 5)).toString()).toBe('12345')
  file.arrayBuffer = () => Promise.reject(new Error('It was read'))
  await expect(bytesOfFile(file, 4)).rejects.toThrow(/pack\.json is larger/)
})

test('an answer that goes on without end is given up at the limit', async () => {
  let sent = 0
  const endless = new ReadableStream<Uint8Array>({
    pull: (controller) => {
      sent += 1024
      controller.enqueue(new Uint8Array(1024))
    },
  })
  await expect(bytesOfAnswer(new Response(endless), 'The pack', 1 << 20)).rejects.toThrow(
    'The pack is larger than 1 MiB, the most that this page reads.',
  )
  expect(sent).toBeLessThan(2 << 20)
})

test('an answer within the limit comes whole', async () => {
  expect(Buffer.from(await bytesOfAnswer(new Response('whole'), 'The pack', 5)).toString()).toBe('whole')
})
