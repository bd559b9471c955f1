import type { TestSwitch } from './fault.ts'

const send = 'server/integrations/send.operations.ts'
const webhooks = 'server/integrations/webhook.operations.ts'
const worker = 'server/platform/tasks/worker.ts'
const sends = 'server/integrations/webhook.int.test.ts'
const pauses = 'server/integrations/webhook-pause.int.test.ts'
const rights = 'server/integrations/webhook-rights.int.test.ts'
const digest = 'server/integrations/digest.int.test.ts'
const rounds = 'server/platform/tasks/recurring.int.test.ts'

/** Faults of mails, and of keeping apart what is told: turns, tenants, tries, and who stands for a webhook. */
export const noticeSwitches: readonly TestSwitch[] = [
  {
    name: 'one-fails-for-all',
    means: 'What fails for one tenant ends the round for those after it',
    edits: [
      { file: worker, find: 'work(context)).catch(fail)', replace: 'work(context)).catch((e) => Promise.reject(e))' },
    ],
    file: rounds,
    test: 'what fails for one tenant keeps no other from theirs, is told and counted, and is not tried again in between',
  },
  {
    name: 'beside-itself',
    means: 'What comes round runs beside itself',
    edits: [{ file: worker, find: 'queueName: name, jobKey: name', replace: 'jobKey: name' }],
    file: rounds,
    test: 'work that takes longer than it comes round in never runs beside itself, and waits once at the most',
  },
  {
    name: 'two-tellers',
    means: 'Whoever is told already is told by a second worker as well',
    edits: [
      {
        file: 'server/integrations/digest.queries.ts',
        find: "eb('d.held_until', '<=', now)",
        replace: "eb('d.held_until', '>', now)",
      },
    ],
    file: digest,
    test: 'two turns at once send one mail',
  },
  {
    name: 'old-news',
    means: 'Whoever wants the urgent from now on is told what was urgent once',
    edits: [
      {
        file: 'server/integrations/digest.queries.ts',
        find: 'case when integrations_digest.urgent then integrations_digest.urgent_xid',
        replace: 'case when true then integrations_digest.urgent_xid',
      },
    ],
    file: digest,
    test: 'whoever comes to want the urgent at once is told what happens from then on, and nothing is left out by a choice',
  },
  {
    name: 'another-mail',
    means: 'A mail that is sent again has another id',
    edits: [
      {
        file: 'server/integrations/digest.operations.ts',
        find: 'const id = `',
        replace: 'const id = Math.random() + `',
      },
    ],
    file: digest,
    test: 'a mail that was sent twice, because the mail server could not say that it took it, has one id',
  },
  {
    name: 'map-of-the-network',
    means: 'Whoever makes a webhook is told the addresses of the network behind it',
    edits: [
      {
        file: 'server/platform/post.ts',
        find: "may not reach`), '')",
        replace: "may not reach` + wrong.address), '')",
      },
    ],
    file: 'server/platform/post.test.ts',
    test: 'a name that leads to this machine is not connected to, whoever the name service is',
  },
  {
    name: 'our-end-their-fault',
    means: 'A try that our own end cut short counts against the receiver',
    edits: [{ file: send, find: "posted.kind === 'abandoned')", replace: "posted.kind === ('none' as string))" }],
    file: sends,
    test: 'a server that stops while it waits for an answer has not tried, and its receiver has not failed',
  },
  {
    name: 'grudge',
    means: 'A failure counts on after nothing waits any more',
    edits: [
      {
        file: 'server/integrations/webhook.queries.ts',
        find: "d.state = 'pending' and d.epoch is not null)",
        replace: 'd.epoch is not null)',
      },
    ],
    file: pauses,
    test: 'once nothing waits any more, what failed counts no more: a hiccup days later pauses nothing',
  },
  {
    name: 'test-without-end',
    means: 'A test that nothing can sign waits for ever',
    edits: [
      {
        file: send,
        find: "{ kind: 'failed', next: undefined }",
        replace: "{ kind: 'failed', next: now }",
      },
    ],
    file: pauses,
    test: 'a test of a webhook whose secret does not open is over at once and says why, paused or not',
  },
  {
    name: 'maker-for-life',
    means: 'Whoever has a webhook go on does so in the name of another',
    edits: [{ file: webhooks, find: 'isVouchedFor ? caller.scope.actor.id : before.maker', replace: 'before.maker' }],
    file: rights,
    test: 'whoever has a webhook go on, or sends it elsewhere, stands for it from then on, and the record says so',
  },
  {
    name: 'whole-address',
    means: 'Whoever may only look sees the address of a webhook, and with it a login',
    edits: [
      {
        file: webhooks,
        find: "permissions.has('integrations:manage') ?",
        replace: "permissions.has('integrations:read') ?",
      },
    ],
    file: rights,
    test: 'whoever may look and not manage is told where a webhook leads, and not its address, which often stands for a login',
  },
  {
    name: 'pause-undone',
    means: 'A change of something else undoes a pause that came meanwhile',
    edits: [{ file: webhooks, find: 'mustBeThere(scoped, id, lockWebhook)', replace: 'mustBeThere(scoped, id)' }],
    file: rights,
    test: 'a change of something else does not undo a pause that came meanwhile',
  },
  {
    name: 'mail-for-mail',
    means: 'A digest comes with nothing in it',
    edits: [
      {
        file: 'server/integrations/digest.operations.ts',
        find: 'if (lines.length > 0 && isAddress',
        replace: 'if (lines.length >= 0 && isAddress',
      },
    ],
    file: digest,
    test: 'nobody gets mail who did not choose it, and a day without news is a day without mail',
  },
  {
    name: 'one-mail-each',
    means: 'Devices with one cause are told one by one',
    edits: [
      {
        file: 'server/integrations/digest.queries.ts',
        find: 'group by 1, 2 order by',
        replace: 'group by 1, 2, n.device order by',
      },
    ],
    file: digest,
    test: 'once a day, in the hour that was chosen, one mail tells each cause once with one link',
  },
  {
    name: 'lost-mail',
    means: 'What a mail server did not take counts as told',
    edits: [
      {
        file: 'server/integrations/digest.operations.ts',
        find: '  if (lines.length > 0 && isAddress',
        replace:
          '  await withScope(store, scope, (scoped) => moveDigest(scoped, reader, upto, how))\n  if (lines.length > 0 && isAddress',
      },
    ],
    file: digest,
    test: 'a mail that the mail server does not take is tried again, and nothing of it is lost',
  },
  {
    name: 'everybody-reads',
    means: 'Whoever is limited to some sites is told of all',
    edits: [
      {
        file: 'server/integrations/digest.operations.ts',
        find: 'return site_ids === null\n',
        replace: 'return site_ids !== undefined\n',
      },
    ],
    file: digest,
    test: 'whoever is limited to some sites is told nothing of the record, which is of all',
  },
  {
    name: 'markup-in-mail',
    means: 'Names stand in the HTML of a mail as they are',
    edits: [
      { file: 'server/integrations/mail.ts', find: 'text.replace(/[&<>"\']/g', replace: 'text.replace(/[&"\']/g' },
    ],
    file: 'server/integrations/digest.test.ts',
    test: 'a mail says of each cause what and by when, with one link, and of itself why it came and how to end it',
  },
]
