import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { baseDocument, deploymentDocument, sleepOf } from './documents.ts'
import { allowsMatch, wantedPart } from './range.ts'
import { aboutCancel, aboutDeployment, ConfigData, Feedback } from './words.ts'

const says = (execution: string, finished?: string, more: object = {}) =>
  Feedback.parse({ id: 7, time: 'x', status: { execution, ...(finished ? { result: { finished } } : {}), ...more } })

describe('a device’s words', () => {
  test('about a deployment end it only when they are closed, and failure only when they say so', () => {
    expect(aboutDeployment(says('closed', 'success')).execution).toBe('succeeded')
    expect(aboutDeployment(says('closed', 'none')).execution).toBe('succeeded')
    expect(aboutDeployment(says('closed')).execution).toBe('succeeded')
    expect(aboutDeployment(says('closed', 'failure')).execution).toBe('failed')
    expect(aboutDeployment(says('proceeding', 'failure')).execution).toBe('proceeding')
    expect(aboutDeployment(says('canceled', 'none')).execution).toBe('cancelled')
    for (const word of ['rejected', 'scheduled', 'resumed', 'constructor', 'no such word'])
      expect(aboutDeployment(says(word, 'failure')).execution).toBe('seen')
  })

  test('about being called back free it only when they are closed without failure', () => {
    expect(aboutCancel(says('closed', 'success')).execution).toBe('cancelled')
    expect(aboutCancel(says('closed')).execution).toBe('cancelled')
    expect(aboutCancel(says('closed', 'failure')).execution).toBe('cancel-refused')
    expect(aboutCancel(says('rejected', 'none')).execution).toBe('cancel-refused')
    for (const word of ['canceled', 'proceeding', 'download']) expect(aboutCancel(says(word)).execution).toBe('seen')
  })

  test('are kept without control characters, and no more of them than fits', () => {
    const details = [`a\u001b[2Jb\n${'x'.repeat(1000)}`, ...Array.from({ length: 100 }, () => 'y')]
    const kept = aboutDeployment(says('proceeding', 'none', { details })).details
    expect(kept).toHaveLength(64)
    expect(kept[0]).toMatch(/^a \[2Jb x{400}/)
    expect(kept[0]).toHaveLength(500)
    expect(ConfigData.parse({ data: { firmware: '1.0\u0000', nested: { a: 1 }, n: 5 } }).data).toEqual({
      firmware: '1.0',
      n: '5',
    })
  })
})

describe('an interval', () => {
  test('is spread from device to device, never by more than a sixth, and never below a second', () => {
    const seconds = (text: string) => text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 80_000 }), fc.integer({ min: 1, max: 1e9 }), (poll, device) => {
        const slept = seconds(sleepOf(poll, device))
        expect(slept).toBeGreaterThanOrEqual(Math.max(1, Math.floor(poll * 0.84)))
        expect(slept).toBeLessThanOrEqual(Math.ceil(poll * 1.16))
      }),
    )
    expect(sleepOf(1, 3)).toBe('00:00:01')
    expect(new Set([1, 2, 3, 4, 5].map((device) => sleepOf(300, device))).size).toBeGreaterThan(1)
  })
})

describe('documents', () => {
  const artifact = { fileName: 'a b.bin', length: 5, sha256: 's2', sha1: 's1', md5: 'm' }
  test('name one action at the most, and the bytes under its number', () => {
    const install = { kind: 'install', actionId: 11, name: 'N', version: '2', artifact } as const
    const asked = { sleep: '00:00:01', wantsFacts: true }
    expect(baseDocument('http://h/d', { ...asked, assignment: install })._links).toEqual({
      configData: { href: 'http://h/d/configData' },
      deploymentBase: { href: 'http://h/d/deploymentBase/11' },
    })
    expect(
      baseDocument('b', { ...asked, wantsFacts: false, assignment: { kind: 'cancel', actionId: 3 } })._links,
    ).toEqual({
      cancelAction: { href: 'b/cancelAction/3' },
    })
    const [chunk] = deploymentDocument('http://h/d', install).deployment.chunks
    expect(chunk?.artifacts[0]?._links.download.href).toBe('http://h/d/softwaremodules/11/artifacts/a%20b.bin')
  })
})

describe('a range', () => {
  const part = (range: string, ifRange?: string) => wantedPart({ range, ifRange }, 100, '"e"')
  test('is answered as RFC 9110 says', () => {
    expect(part('bytes=10-19')).toEqual({ kind: 'part', start: 10, end: 19 })
    expect(part('bytes=90-')).toEqual({ kind: 'part', start: 90, end: 99 })
    expect(part('bytes=90-1000')).toEqual({ kind: 'part', start: 90, end: 99 })
    expect(part('bytes=-30')).toEqual({ kind: 'part', start: 70, end: 99 })
    expect(part('bytes=-1000')).toEqual({ kind: 'part', start: 0, end: 99 })
    for (const range of ['bytes=100-', 'bytes=100-200', 'bytes=-0']) expect(part(range).kind).toBe('unsatisfiable')
    for (const range of ['bytes=1-2,4-5', 'bytes=5-1', 'bytes=-', 'lines=1-2', 'bytes=a-b'])
      expect(part(range).kind).toBe('whole')
    expect(part('bytes=0-1', '"e"').kind).toBe('part')
    expect(part('bytes=0-1', '"other"').kind).toBe('whole')
    expect([undefined, '*', '"e"', '"a", "e"', '"a"'].map((given) => allowsMatch(given, '"e"'))).toEqual([
      true,
      true,
      true,
      true,
      false,
    ])
  })

  test('never names a byte that is not there', () => {
    const number = fc.option(fc.nat(300), { nil: undefined }).map((n) => n?.toString() ?? '')
    fc.assert(
      fc.property(number, number, fc.integer({ min: 1, max: 200 }), (from, to, length) => {
        const wanted = wantedPart({ range: `bytes=${from}-${to}`, ifRange: undefined }, length, '"e"')
        if (wanted.kind !== 'part') return
        expect(wanted.start).toBeLessThanOrEqual(wanted.end)
        expect(wanted.end).toBeLessThan(length)
      }),
    )
  })
})
