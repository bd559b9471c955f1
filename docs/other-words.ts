import { meaningOf } from './glossary.ts'

interface Source {
  readonly title: string
  readonly url: string
}

interface Pair {
  /** Their word, as their own text writes it. */
  readonly theirs: string
  /** Ours; the glossary has it, in bold or in code. */
  readonly ours: string
  /** What is not the same, if anything that one must know. */
  readonly differs?: string
}

interface Vocabulary {
  readonly name: string
  /** Where their words were read: their own text. */
  readonly sources: readonly Source[]
  readonly pairs: readonly Pair[]
}

const github = 'https://github.com'

/** The words of others beside ours; facts from their own texts alone. */
const vocabularies: readonly Vocabulary[] = [
  {
    name: 'hawkBit',
    sources: [
      {
        title: 'Rollout management',
        url: `${github}/eclipse-hawkbit/hawkbit/blob/32eacc52776f5f4571a397c05bba16cf6783e579/docs/rollout-management.md`,
      },
      {
        title: 'Target state',
        url: `${github}/eclipse-hawkbit/hawkbit/blob/83fee2ba98fb56baee84e65c52d325c5857f9ced/docs/targetstate.md`,
      },
    ],
    pairs: [
      {
        theirs: 'target',
        ours: 'device',
        differs: 'Our *target* is what a release is for: a model, or a revision of it',
      },
      { theirs: 'distribution set', ours: 'release' },
      { theirs: 'rollout', ours: 'rollout', differs: 'Ours is bytes that two people signed; a change is a new plan' },
      {
        theirs: 'deployment group',
        ours: 'wave',
        differs: 'A wave is also watched for its soak time before it passes',
      },
      { theirs: 'target filter', ours: 'query' },
      { theirs: 'approval', ours: 'approval', differs: 'There it has to be enabled; here two people always sign' },
      { theirs: 'error condition', ours: 'plan', differs: 'The limits are in the plan, and silence counts as failure' },
      { theirs: '`IN_SYNC`', ours: 'in_sync', differs: 'Here only when the device was read back' },
      { theirs: '`PENDING`', ours: 'pending' },
      { theirs: '`ERROR`', ours: 'error' },
      { theirs: '`REGISTERED`', ours: 'registered' },
    ],
  },
  {
    name: 'Mender',
    sources: [
      {
        title: 'Taxonomy',
        url: `${github}/mendersoftware/mender-docs/blob/0121a89e25dd6d9f6fe6d18beb8d148aac7882e8/02.Overview/15.Taxonomy/docs.md`,
      },
      {
        title: 'Deployment',
        url: `${github}/mendersoftware/mender-docs/blob/002077e1f422b9ccfef8b0563d58f2b3bf5c39aa/02.Overview/05.Deployment/docs.md`,
      },
    ],
    pairs: [
      { theirs: 'Deployment', ours: 'rollout' },
      { theirs: 'Release', ours: 'release' },
      {
        theirs: 'Artifact',
        ours: 'artifact',
        differs: 'Ours is the bytes alone; what they are for is said by the release',
      },
      { theirs: 'Device type', ours: 'model' },
      { theirs: 'Phase', ours: 'wave' },
      { theirs: 'Device Deployment', ours: 'job' },
      { theirs: '`success`', ours: 'reported', differs: 'Here the end is `verified`, which takes a reading of ours' },
      {
        theirs: '`already-installed`',
        ours: 'up-to-date',
        differs: 'Such a device is left out of the plan and gets no job',
      },
      { theirs: 'Pending device', ours: 'quarantine' },
      { theirs: 'Organization', ours: 'tenant' },
    ],
  },
  {
    name: 'AWS IoT Jobs',
    sources: [
      {
        title: 'Jobs and job execution states',
        url: 'https://docs.aws.amazon.com/iot/latest/developerguide/iot-jobs-lifecycle.html',
      },
    ],
    pairs: [
      { theirs: 'job', ours: 'rollout' },
      { theirs: 'job execution', ours: 'job' },
      { theirs: 'thing', ours: 'device' },
      { theirs: 'target group', ours: 'query', differs: 'A plan freezes what its query finds; nobody joins later' },
      {
        theirs: '`IN_PROGRESS`',
        ours: 'installing',
        differs: 'Ours tells downloading, installing and rebooting apart',
      },
      { theirs: '`SUCCEEDED`', ours: 'reported', differs: 'Here the end is `verified`, which takes a reading of ours' },
      { theirs: '`TIMED_OUT`', ours: 'silent' },
      { theirs: '`REJECTED`', ours: 'rejected' },
      { theirs: '`CANCELED`', ours: 'cancelled' },
    ],
  },
  {
    name: 'Azure Device Update',
    sources: [
      {
        title: 'Device groups',
        url: `${github}/MicrosoftDocs/azure-docs/blob/03e5750af10b23b5ba437d5b333ec5e9437844f9/articles/iot-hub-device-update/device-update-groups.md`,
      },
      {
        title: 'Update deployments',
        url: `${github}/MicrosoftDocs/azure-docs/blob/0549b6fde4ff9ade399ace567c00b997285cd37a/articles/iot-hub-device-update/device-update-deployments.md`,
      },
      {
        title: 'Import concepts',
        url: 'https://learn.microsoft.com/en-us/azure/iot-hub-device-update/import-concepts',
      },
    ],
    pairs: [
      { theirs: 'update', ours: 'release' },
      { theirs: 'compatibility', ours: 'target' },
      { theirs: 'device class', ours: 'model' },
      { theirs: 'device group', ours: 'query', differs: 'A device may be found by any number of queries' },
      {
        theirs: 'deployment',
        ours: 'rollout',
        differs: 'Theirs is dynamic: devices that join the group get it. Ours is frozen when its plan is made',
      },
    ],
  },
  {
    name: 'SWUpdate and RAUC',
    sources: [
      {
        title: 'SWUpdate, sw-description',
        url: `${github}/sbabic/swupdate/blob/00cf7347ce84bacd40bae2ef1dba54a3a6b65168/doc/source/sw-description.rst`,
      },
      {
        title: 'SWUpdate, Suricatta',
        url: `${github}/sbabic/swupdate/blob/127b23b3312a191bda2287c4b283fe81a0af0dd7/doc/source/suricatta.rst`,
      },
      {
        title: 'RAUC, Terminology',
        url: `${github}/rauc/rauc/blob/1d65b9fabb0265fe5ff7a44854c6877b08c39717/docs/terminology.rst`,
      },
    ],
    pairs: [
      {
        theirs: 'software image',
        ours: 'artifact',
        differs: 'Suture keeps it whole, with its manufacturer’s signature, and does not look into it',
      },
      { theirs: 'update bundle', ours: 'artifact', differs: 'As above' },
      {
        theirs: '`hardware-compatibility`',
        ours: 'target',
        differs: 'The device checks theirs, Suture ours; neither replaces the other',
      },
      {
        theirs: 'suricatta',
        ours: 'idle device',
        differs: 'It is what polls; while there is nothing for it, Suture answers from memory',
      },
    ],
  },
  {
    name: 'Dependency-Track',
    sources: [{ title: 'Terminology', url: 'https://docs.dependencytrack.org/terminology/' }],
    pairs: [
      {
        theirs: 'Bill of Materials (BOM)',
        ours: 'bill',
        differs: 'A bill belongs to the firmware version of a model; devices point to it',
      },
      { theirs: 'Component', ours: 'component' },
      { theirs: 'Project', ours: 'model', differs: 'Together with one of its firmware versions' },
      { theirs: 'Finding', ours: 'match', differs: 'Our *finding* is a match on one device' },
      {
        theirs: 'Auditing',
        ours: 'decision',
        differs: 'Ours is made by a table from stored facts, and can be made again',
      },
    ],
  },
  {
    name: 'WSUS and Configuration Manager',
    sources: [
      {
        title: 'IUpdate.Approve',
        url: 'https://learn.microsoft.com/en-us/previous-versions/windows/desktop/ms747129(v=vs.85)',
      },
      {
        title: 'How to use maintenance windows',
        url: `${github}/MicrosoftDocs/memdocs/blob/1c5b7d47f0e29a14e3ee25974a82595b649af924/memdocs/configmgr/core/clients/manage/collections/use-maintenance-windows.md`,
      },
    ],
    pairs: [
      { theirs: 'update', ours: 'release' },
      {
        theirs: 'approve',
        ours: 'approval',
        differs: 'Theirs names an update and a group. Ours is a signature over the digest of a whole plan',
      },
      { theirs: 'target group, device collection', ours: 'query' },
      {
        theirs: 'deadline',
        ours: 'clock',
        differs: 'Theirs forces the client. Ours is when a finding must be fixed, and forces nothing',
      },
      { theirs: 'maintenance window', ours: 'window' },
    ],
  },
  {
    name: 'CSAF 2.0',
    sources: [{ title: 'The standard', url: 'https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html' }],
    pairs: [
      { theirs: 'security advisory', ours: 'advisory' },
      { theirs: '`known_affected`', ours: 'affected' },
      { theirs: '`known_not_affected`', ours: 'not-affected' },
      { theirs: '`under_investigation`', ours: 'unknown', differs: 'Treated as affected' },
      { theirs: '`fixed`', ours: 'not-affected', differs: 'Of the version with the fix' },
      { theirs: '`vendor_fix`', ours: 'release' },
      { theirs: '`mitigation`, `workaround`', ours: 'mitigation' },
    ],
  },
  {
    name: 'IEC 62443-2-3',
    sources: [
      {
        title: 'What its publisher says of IEC TR 62443-2-3:2015',
        url: 'https://www.vde-verlag.de/iec-normen/221941/iec-tr-62443-2-3-2015.html',
      },
    ],
    pairs: [
      { theirs: 'asset owner', ours: 'tenant' },
      {
        theirs: 'product supplier',
        ours: 'vendor key',
        differs: 'Suture knows a supplier as the manufacturer whose key signs',
      },
      { theirs: 'patch', ours: 'release' },
    ],
  },
]

const rowOf = ({ theirs, ours, differs = '' }: Pair, glossary: string): string =>
  `| ${theirs} | **${ours}** | ${meaningOf(glossary, ours)} | ${differs} |`

const sectionOf = ({ name, sources, pairs }: Vocabulary, glossary: string): string => `## ${name}

Read in: ${sources.map(({ title, url }) => `[${title}](${url})`).join(', ')}.

| They say | We say | Which is | What differs |
|---|---|---|---|
${pairs.map((pair) => rowOf(pair, glossary)).join('\n')}`

/** The words that people bring along, each with ours. */
export const otherWordsPage = (glossary: string): string => `# What others call it

For whoever comes from another product or from a standard: their word, ours, and what is not the same. The nearest word is not the same thing. The words
were read in the texts that are named; the patch states of IEC 62443-2-3 are missing, because the standard itself was not at hand. Our words are in the [glossary](glossary.md).

${vocabularies.map((each) => sectionOf(each, glossary)).join('\n\n')}
`
