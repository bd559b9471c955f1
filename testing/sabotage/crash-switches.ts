import type { Switch } from './fault.ts'

/** Hands the preload on to the signer, which otherwise gets nothing of the server's environment. */
const inSigner = {
  file: 'server/host.ts',
  find: '      SUTURE_SIGNER_PASSPHRASE,\n      SUTURE_HOME:',
  replace:
    '      SUTURE_SIGNER_PASSPHRASE,\n      NODE_OPTIONS: process.env.NODE_OPTIONS,\n      SUTURE_SABOTAGE: process.env.SUTURE_SABOTAGE,\n      SUTURE_HOME:',
} as const

/** Faults that show when processes are killed: `npm run crash -- --sabotage NAME` must be red under each. */
export const crashSwitches: readonly Switch[] = [
  {
    name: 'answer-before-commit',
    means: 'A word is acknowledged first and stored a moment later',
    edits: [
      {
        file: 'server/adapters/ddi/ddi.ts',
        find: '    const taken = claimant && (await this.#take(',
        replace:
          '    void reply.code(200).send()\n    await new Promise((done) => setTimeout(done, 400))\n    const taken = claimant && (await this.#take(',
      },
      {
        file: 'server/adapters/ddi/ddi.ts',
        find: "    return reply.code({ taken: 200, over: 410, unknown: 404, 'not-cancelling': 405 }[taken]).send()",
        replace: '    return reply',
      },
    ],
    seen: /checkWords: \S+ was told that these were taken/,
  },
  {
    name: 'claim-taken',
    means: 'A device that has an open job is handed another one',
    edits: [
      { file: 'server/deployment/claim.queries.ts', find: '     where s.job_id is null\n', replace: '' },
      {
        file: 'server/deployment/courier.operations.ts',
        find: 'const free = devices.filter((id) => !busy.has(id))',
        replace: 'const free = devices.filter((id) => busy.has(id) || !busy.has(id))',
      },
    ],
    seen: /checkOneJob: Device \d+ had the open actions/,
  },
  {
    name: 'count-downtime',
    means: 'The time in which the server was away counts as silence of the devices',
    edits: [
      {
        file: 'server/deployment/rollout.queries.ts',
        find: '  if (!wasDeaf || !last) return\n',
        replace: '  if (wasDeaf || !last || isFresh || !isFresh) return\n',
      },
    ],
    seen: /checkSilence: \S+ is silent \(action \d+\), and in truth it was there/,
  },
  {
    name: 'keep-leases',
    means: 'The tasks of a worker that died stay its own',
    edits: [
      {
        file: 'server/platform/tasks/lease.queries.ts',
        find: '  return rows.map(({ pool }) => pool)',
        replace: '  return rows.slice(0, 0).map(({ pool }) => pool)',
      },
    ],
    seen: /checkTasks: Task \d+ \(\S+\) was taken up again never/,
  },
  {
    name: 'orphan-signer',
    means: 'A signer whose server was killed goes on',
    edits: [
      inSigner,
      {
        file: 'server/signing/signer/process.ts',
        find: "  process.once('disconnect', stop)\n",
        replace: '',
      },
    ],
    seen: /checkOneOfEach: Ten seconds after kill \d+ /,
  },
  {
    name: 'leave-postgres',
    means: 'A PostgreSQL that was killed stays away until the server is started again',
    edits: [
      {
        file: 'server/platform/database/embedded/keep.ts',
        find: '      else await restart()\n',
        replace: '      else if (Number.isNaN(pid)) await restart()\n      else await rest(lookMs)\n',
      },
    ],
    seen: /The database does not answer/,
  },
  {
    name: 'offer-again',
    means: 'A server that starts takes the jobs that ended for jobs that are open',
    edits: [
      {
        file: 'server/deployment/rollout.queries.ts',
        find: '  if (!wasDeaf || !last) return\n',
        replace: `  if (isFresh && last) {
    await sql\`update deployment_device_slot s set job_id = j.id from deployment_job j
       where j.tenant_id = s.tenant_id and j.device_id = s.device_id and j.ended_at is not null\`.execute(db)
    await sql\`update deployment_job set state = 'offered', claim = null, class = null, read_after = null, ended_at = null,
       last_word_at = \${now}::timestamptz where ended_at is not null\`.execute(db)
  }
  if (!wasDeaf || !last) return
`,
      },
    ],
    seen: /checkOnce: \S+ was offered action \d+ again after its end/,
  },
  {
    name: 'leave-drafts',
    means: 'What had arrived of an upload when the server was killed stays for ever',
    edits: [
      {
        file: 'server/platform/blob/store.ts',
        find: "if (name.endsWith('.lock')) await tidy",
        replace: "if (name.endsWith('.never')) await tidy",
      },
    ],
    seen: /checkUpload: \d+ drafts were left behind/,
  },
]
