import type { TestSwitch } from './fault.ts'

const slice = 'server/integrations/webhook.int.test.ts'
const pauses = 'server/integrations/webhook-pause.int.test.ts'
const rights = 'server/integrations/webhook-rights.int.test.ts'

/** Faults of sending events elsewhere. */
export const webhookSwitches: readonly TestSwitch[] = [
  {
    name: 'knock-anywhere',
    means: 'Whatever the name service answers is connected to',
    edits: [
      {
        file: 'server/platform/post.ts',
        find: 'if (wrong) {',
        replace: 'if (wrong && !url) {',
      },
    ],
    file: 'server/platform/post.test.ts',
    test: 'a name that leads to this machine is not connected to, whoever the name service is',
  },
  {
    name: 'wait-forever',
    means: 'A receiver has all the time that it likes',
    edits: [
      { file: 'server/platform/post.ts', find: 'timeout(given.timeoutMs)', replace: 'timeout(given.timeoutMs * 100)' },
    ],
    file: 'server/platform/post.test.ts',
    test: 'a receiver that is slow, trickles its answer or says too much is left',
  },
  {
    name: 'private-is-public',
    means: 'The addresses of private networks count as public',
    edits: [{ file: 'server/platform/outward.ts', find: "  '10.0.0.0/8',\n", replace: '' }],
    file: 'server/platform/outward.test.ts',
    test: 'https://10.0.0.1/ is not a public address, however it is written',
  },
  {
    name: 'another-id',
    means: 'Each try has an id of its own',
    edits: [
      {
        file: 'server/integrations/send.operations.ts',
        find: 'signed(next.id, body',
        replace: 'signed(next.id + next.tries, body',
      },
    ],
    file: slice,
    test: 'a delivery that fails is tried again after a pause with the same id, and those behind it wait',
  },
  {
    name: 'newest-first',
    means: 'What waits is sent in any order but that of the record',
    edits: [
      {
        file: 'server/integrations/delivery.queries.ts',
        find: "    .orderBy('d.xid')\n",
        replace: "    .orderBy('d.xid', 'desc')\n",
      },
    ],
    file: slice,
    test: 'a webhook is told the events of its kinds in the order of the record, each signed',
  },
  {
    name: 'lost-in-the-crash',
    means: 'What a worker has in hand is over before it is sent',
    edits: [
      {
        file: 'server/integrations/delivery.queries.ts',
        find: "    .set((eb) => ({ held_until: until, tries: eb('tries', '+', 1) }))",
        replace:
          "    .set((eb) => ({ held_until: until, tries: eb('tries', '+', 1), state: 'delivered' as const, ended_at: until }))",
      },
    ],
    file: slice,
    test: 'a delivery that fails is tried again after a pause with the same id, and those behind it wait',
  },
  {
    name: 'tried-for-ever',
    means: 'A delivery never dies',
    edits: [
      {
        file: 'server/integrations/retry.ts',
        find: '  const pause = pauses[tries - 1]\n',
        replace: '  const pause = pauses[tries - 1] ?? 7200\n',
      },
    ],
    file: 'server/integrations/retry.test.ts',
    test: 'each pause after a failed try is longer than the one before, and the last try has none after it',
  },
  {
    name: 'impatient-sender',
    means: 'A receiver that asks for a pause does not get it',
    edits: [{ file: 'server/integrations/retry.ts', find: 'askedPause(retryAfter, now))', replace: '0)' }],
    file: slice,
    test: 'a receiver that asks for a longer pause gets it',
  },
  {
    name: 'deaf-to-gone',
    means: 'A receiver that wants no more gets more',
    edits: [{ file: 'server/integrations/webhook.ts', find: 'if (status === 410)', replace: 'if (status === 411)' }],
    file: pauses,
    test: '410 pauses a webhook and the record says so; once it goes on, it does from where it stopped',
  },
  {
    name: 'beyond-its-maker',
    means: 'A webhook goes on although its maker may not read the record any more',
    edits: [
      {
        file: 'server/integrations/outbox.operations.ts',
        find: '  maker_roles !== null && maker_site_ids === null &&',
        replace: '  maker_roles !== null && maker_site_ids !== undefined &&',
      },
    ],
    file: rights,
    test: 'a webhook reaches no further than its maker: limited to sites or without the permission, it is paused',
  },
  {
    name: 'open-secret',
    means: 'The secrets of webhooks lie in the database as they are',
    edits: [
      {
        file: 'server/integrations/secret.ts',
        find: 'return Buffer.concat([nonce, cipher',
        replace: 'return Buffer.concat([Buffer.from(secret), nonce, cipher',
      },
    ],
    file: 'server/integrations/message.test.ts',
    test: 'a sealed secret opens with its key and for its webhook alone',
  },
  {
    name: 'talking-secret',
    means: 'The record tells the secret of a new webhook',
    edits: [
      {
        file: 'server/integrations/webhook.operations.ts',
        find: 'const detail = { name, to: placeOf(url), kinds: [...kinds] }',
        replace: 'const detail = { name: name + secret, to: placeOf(url), kinds: [...kinds] }',
      },
    ],
    file: rights,
    test: 'a secret is told once: no list, no record, no log and no table has it',
  },
  {
    name: 'one-secret-only',
    means: 'A new secret is the only one from its first moment on',
    edits: [
      { file: 'server/integrations/send.operations.ts', find: 'overlap_until > now', replace: 'overlap_until < now' },
    ],
    file: rights,
    test: 'a new secret signs at once, and the one before it for a day',
  },
  {
    name: 'tell-all',
    means: 'A webhook that names no kind is told everything',
    edits: [
      {
        file: 'server/integrations/webhook.ts',
        find: '  kinds.includes(kind) ||',
        replace: '  kinds.length === 0 || kinds.includes(kind) ||',
      },
    ],
    file: 'server/integrations/message.test.ts',
    test: 'a webhook takes the kinds that it names, and all of a thing that it names; without a name, none',
  },
  {
    name: 'overflowing-outbox',
    means: 'An outbox takes more than it has room for',
    edits: [
      {
        file: 'server/integrations/outbox.operations.ts',
        find: 'id: event_id }, room)',
        replace: 'id: event_id }, 500)',
      },
    ],
    file: slice,
    test: 'what does not fit into an outbox waits in the record, and nothing of it is lost',
  },
  {
    name: 'follow-on',
    means: 'A redirect counts as an acceptance',
    edits: [{ file: 'server/integrations/webhook.ts', find: 'status < 300', replace: 'status < 400' }],
    file: slice,
    test: 'a redirect is not followed',
  },
  {
    name: 'test-that-pauses',
    means: 'A test that fails pauses its webhook',
    edits: [{ file: 'server/integrations/send.operations.ts', find: '  if (isTest) return\n', replace: '' }],
    file: pauses,
    test: 'a test goes out before all else even while paused, once, and its failure pauses nothing',
  },
]
