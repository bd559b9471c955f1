import { expect, test } from 'vitest'
import { type Due, isAddress, isPressing, lastStroke, linesOf, type Occurrence } from './digest.ts'
import { write } from './mail.ts'

const now = new Date('2026-11-28T12:00:00Z')
const inHours = (hours: number) => new Date(now.getTime() + hours * 3_600_000)
const due = (dueAt: Date | null, clockStart: Date | null = null): Due => ({
  ...{ manufacturer: 'Unitronics', model: 'Vision', findings: 1200, devices: 1, dueAt, clockStart },
})
const stopped: Occurrence = {
  kind: 'rollout.stopped',
  subject: '019aa000-0000-7000-8000-000000000000',
  name: 'Pumps <1>',
  why: { code: 'failure-limit', figures: {} },
  devices: 1,
  times: 1,
  at: inHours(-2),
}

test('a deadline presses with less than a fifth of its time left, or less than a day, or when it is past', () => {
  expect(isPressing(due(inHours(-1)), now)).toBe(true)
  expect(isPressing(due(inHours(23)), now)).toBe(true)
  expect(isPressing(due(inHours(25), inHours(-75)), now)).toBe(false)
  expect(isPressing(due(inHours(47), inHours(-240)), now)).toBe(true)
  expect(isPressing(due(null), now)).toBe(false)
})

test('a mail says of each cause what and by when, with one link, and of itself why it came and how to end it', () => {
  const lines = linesOf([stopped], [due(inHours(2)), due(inHours(900), inHours(-1))], now)
  expect(lines.map(({ what, path }) => [what, path])).toEqual([
    ['1,200 findings (device × vulnerability) on 1 device of Unitronics Vision.', '/'],
    [
      'Rollout Pumps <1> stopped. More devices of the wave failed than the plan allows; silence counts as failure.',
      '/rollouts/019aa000-0000-7000-8000-000000000000',
    ],
  ])
  const mail = write({ lines, name: 'Ada', because: 'Because.', console: new URL('https://suture.example') })
  expect(mail.subject).toBe(
    'Suture: 1,200 findings (device × vulnerability) on 1 device of Unitronics Vision. (and 1 more)',
  )
  expect(mail.text).toBe(`Ada,

1,200 findings (device × vulnerability) on 1 device of Unitronics Vision.
Due 2026-11-28 14:00 UTC.
https://suture.example/

Rollout Pumps <1> stopped. More devices of the wave failed than the plan allows; silence counts as failure.
It was so at 2026-11-28 10:00 UTC.
https://suture.example/rollouts/019aa000-0000-7000-8000-000000000000

Because.
To get no more of these: Settings, Notices, Your digest: https://suture.example/settings?tab=notices`)
  expect(mail.html).toContain('Pumps &#60;1&#62; stopped')
  expect(mail.html).not.toContain('<1>')
})

test('devices that share a cause are one line, however many they are', () => {
  const disputed: Occurrence = { ...stopped, kind: 'job.ended', why: null, devices: 4812 }
  expect(linesOf([disputed], [], now).map(({ what }) => what)).toEqual([
    '4,812 devices of rollout Pumps <1> say one version and answer with another.',
  ])
})

test('revisions that one rollout quarantined are counted, with the reason of the last', () => {
  const one: Occurrence = { ...stopped, kind: 'revision.quarantined', devices: 1 }
  const reason = 'More devices of the wave failed than the plan allows; silence counts as failure.'
  expect(linesOf([one, { ...one, times: 3 }], [], now).map(({ what }) => what)).toEqual([
    `A revision is quarantined in rollout Pumps <1>. ${reason}`,
    `3 revisions are quarantined in rollout Pumps <1>. The last one: ${reason}`,
  ])
})

test('an hour strikes once a day', () => {
  expect(lastStroke(12, now)).toEqual(now)
  expect(lastStroke(13, now)).toEqual(inHours(-23))
  expect(lastStroke(0, now)).toEqual(inHours(-12))
})

test('a login name is a mail address, or it is not', () => {
  expect(['ada@plant.example', 'ada', 'ada@plant', '@plant.example', 'a@b@c.d'].map(isAddress)).toEqual([
    ...[true, false, false, false, false],
  ])
})
