import { type RefusalCode, refusals } from '../contract/refusals.ts'

interface First {
  readonly code: RefusalCode
  /** When one meets it, as a title. */
  readonly when: string
  /** Why it is refused at all. */
  readonly because: string
  /** Commands with which one goes on. */
  readonly commands: readonly string[]
}

/** The refusals that people meet first, in the order of their way from an empty server to a rollout. */
const firsts: readonly First[] = [
  {
    code: 'auth/code-invalid',
    when: 'A one-time code does not work',
    because:
      'A code works once. Whoever finds it in a log or in a mail later gets nothing for it. A newer code ends the older one.',
    commands: ['suture setup-code', 'suture user list', 'suture user invite-again ID'],
  },
  {
    code: 'auth/not-permitted',
    when: 'You may not do this',
    because:
      'A call is open to whoever holds its permission, and to nobody else. The console tells you the permission before it asks; so does the answer, in `permission`.',
    commands: ['suture whoami', 'suture user change ID --role operator'],
  },
  {
    code: 'inventory/rows-refused',
    when: 'An import says that rows were refused',
    because:
      'Half an import is worse than none: nobody knows which half. All of the file is tried before any of it is taken, and each fault is told with its line and field.',
    commands: ['suture device import devices.csv --dry-run'],
  },
  {
    code: 'inventory/network-refused',
    when: 'A network of a site is refused',
    because:
      'Suture sends requests of its own only into networks that somebody named for a site. A network that is too wide, or not one, would let it send anywhere.',
    commands: ["suture site change 'Waterworks North' --probe-network 10.20.0.0/16"],
  },
  {
    code: 'http/bad-query',
    when: 'A query cannot be read',
    because:
      'A query that is read otherwise than it was meant finds other devices. So it is refused with the place of the fault, and with what may have been meant.',
    commands: ['suture device list --help', "suture device list -q 'vendor:axis fw<11.2'"],
  },
  {
    code: 'releases/signature-wrong',
    when: 'An artifact is not taken',
    because:
      'Bytes are stored only when their manufacturer signed exactly these. A changed file, a key that was never added and one that was revoked look alike from here.',
    commands: [
      'suture vendor-key list',
      "suture vendor-key add vendor.pub --manufacturer Unitronics --name 'firmware key'",
      'suture artifact upload firmware.bin --signature firmware.bin.sig',
    ],
  },
  {
    code: 'lab/rig-not-ready',
    when: 'A test of a release does not start',
    because:
      'A test begins with every rig that it needs on its base version, read a moment ago. To leave a rig out that an earlier test killed would turn its loss into silence.',
    commands: ['suture lab rig list', 'suture lab runs'],
  },
  {
    code: 'deployment/nobody-eligible',
    when: 'A plan reaches no device',
    because:
      'Devices that run the version already, rigs, devices that nobody let in and quarantined revisions are left out of every plan. Here nothing is left.',
    commands: ['suture rollout plan --name Trial --release ID', 'suture device why DEVICE'],
  },
  {
    code: 'deployment/own-plan',
    when: 'You cannot approve what you planned',
    because:
      'Two people who did not make a plan approve it. One stolen login therefore ships nothing, an admin’s included, and the signer checks it once more with keys of its own.',
    commands: ["suture user invite second@example.org --name 'Second approver' --role approver"],
  },
  {
    code: 'deployment/not-signed',
    when: 'An approved rollout does not start',
    because:
      'What runs is what the signer signed, and the signer believes only people whose keys were enrolled on its own machine. Approvals by others count for nothing there.',
    commands: ['suture rollout show ROLLOUT', 'suture signer requests', 'suture signer roster'],
  },
]

const anchor = (code: string) => code.slice(0, code.indexOf('/'))

const sectionOf = ({ code, when, because, commands }: First): string => {
  const { status, says, remedy } = refusals[code]
  return `## ${when}

\`${code}\`, status ${status}. **What:** ${says}.

**Why:** ${because}

**What to do:** ${remedy}.

\`\`\`sh
${commands.join('\n')}
\`\`\`

[Others of this part](refusals.md#${anchor(code)})`
}

/** What one meets first, at more length than the catalogue. */
export const firstRefusalsPage = (): string => `# The ten refusals that people meet first

Suture refuses much, because what is not allowed in so many words is not allowed. A refusal is no fault: nothing was done, and it says what to do.
[All of them](refusals.md), by the part that refuses. Words in capitals stand for yours.

${firsts.map(sectionOf).join('\n\n')}
`
