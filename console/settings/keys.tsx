import { getLabKey } from '@suture/contract/lab.ts'
import { getSignerKeys } from '@suture/contract/signing.ts'
import type { ReactNode } from 'react'
import { Asked } from '../design/asked.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Panel } from '../design/panel.tsx'
import { Seam } from '../design/seam.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { conditions, stitches, thefts } from './key-facts.ts'
import { SigningRequests } from './signing-requests.tsx'
import { VendorKeys } from './vendor-keys.tsx'

/** Every key that has a say in what runs on a device, where it lies, and what its theft comes to. */
export const Keys = () => (
  <div className="stack">
    <Panel title="What it takes to ship bad code" aside="every stitch would have to be cut">
      <Seam
        done={stitches.length}
        of={stitches.length}
        stitches={stitches.map((_, at) => at + 0.5)}
        label={`${stitches.length} checks stand between a stolen login and a device`}
      />
      <ol className="stitches">
        {stitches.map(({ name, says }) => (
          <li key={name}>
            <b className="b">{name}</b>
            <span className="m t12">{says}</span>
          </li>
        ))}
      </ol>
    </Panel>
    <SignerKeys />
    <OtherKeys />
    <VendorKeys />
    <SigningRequests />
    <Panel title="If it is stolen" flush>
      <ul className="thefts">
        {thefts.map(({ stolen, gives, stops, ends }) => (
          <li key={stolen}>
            <h3>{stolen}</h3>
            <dl>
              <dt className="lab">Gives</dt>
              <dd className="m">{gives}</dd>
              <dt className="lab">Stops at</dt>
              <dd>{stops}</dd>
              <dt className="lab">What ends it</dt>
              <dd className="m">{ends}</dd>
            </dl>
          </li>
        ))}
      </ul>
    </Panel>
  </div>
)

function SignerKeys() {
  const signer = useAsk(getSignerKeys, {}, { about: 'nothing', everyMs: 15_000 })
  const heard = signer.data?.lastSeen
  return (
    <Panel
      title="The signer’s keys"
      aside={signer.data && (heard ? `last heard ${instant(heard)}` : 'the signer was never heard')}
      flush
    >
      <Asked of={signer} what="The signer’s keys">
        {({ keys }) => (
          <ul className="keylist">
            {keys.map(({ purpose, keyId }) => (
              <Key
                key={purpose}
                name={conditions[purpose].signs}
                where="sealed in the signer’s home; only the signer’s process opens it"
                keyId={keyId}
              >
                Signs once {conditions[purpose].once}.
              </Key>
            ))}
          </ul>
        )}
      </Asked>
    </Panel>
  )
}

function OtherKeys() {
  const lab = useAsk(getLabKey, {}, { about: 'lab' })
  return (
    <Panel title="Whom the signer believes" aside="enrolled and revoked in a ceremony on its machine" flush>
      <Asked of={lab} what="The lab’s key">
        {({ keyId }) => (
          <ul className="keylist">
            <Key name="Approvers" where="each on its person’s own machine, made by suture login">
              Signs the digest of a plan. Which keys count is in the roster in the signer’s home; this server has no
              list of them, and <span className="mono">suture signer roster</span> shows it there.
            </Key>
            <Key name="The lab" where="a file on the server" keyId={keyId}>
              Signs verdicts. It counts once it is enrolled.
            </Key>
          </ul>
        )}
      </Asked>
    </Panel>
  )
}

interface KeyGiven {
  readonly name: string
  /** Where its private half is. */
  readonly where: string
  readonly keyId?: string
  readonly children: ReactNode
}

/** A key: what it signs and on which condition, and the digest by which it is compared. */
const Key = ({ name, where, keyId, children }: KeyGiven) => (
  <li>
    <div>
      <h3>
        <Glyph name="key" size={14} tone="idle" /> {name}
      </h3>
      <p className="f t12">{where}</p>
    </div>
    <div>
      <p className="m">{children}</p>
      {keyId !== undefined && <p className="mono t12 f digest">{keyId}</p>}
    </div>
  </li>
)
