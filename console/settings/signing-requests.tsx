import type { Reply } from '@suture/contract/client.ts'
import { listSigningRequests } from '@suture/contract/signing.ts'
import { Asked } from '../design/asked.tsx'
import { Empty } from '../design/faces.tsx'
import { Panel } from '../design/panel.tsx'
import { Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { conditions } from './key-facts.ts'

type Request = Reply<typeof listSigningRequests>['items'][number]

/** What the signer was asked to sign lately, and what it said. */
export function SigningRequests() {
  const requests = useAsk(listSigningRequests, { query: { limit: 20 } }, { about: 'nothing', everyMs: 15_000 })
  return (
    <Panel title="What the signer was asked" aside="newest first" flush>
      <Asked of={requests} what="The requests">
        {({ items, next }) =>
          items.length === 0 ? (
            <Empty title="Nothing was asked yet" command="suture release publish RELEASE">
              Each request stands here with its answer. The signer is asked when a release is published, when a plan has
              its approvals, and when evidence is packed.
            </Empty>
          ) : (
            <>
              <Table requests={items} />
              {next !== undefined && (
                <p className="pad f t12 rowline">
                  These are the newest {items.length}; <span className="mono">suture signer requests</span> lists more.
                </p>
              )}
            </>
          )
        }
      </Asked>
    </Panel>
  )
}

const Table = ({ requests }: { readonly requests: readonly Request[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
  <section className="scr" tabIndex={0} aria-label="Requests to the signer">
    <table className="top">
      <thead>
        <tr>
          <th>Asked</th>
          <th>To sign</th>
          <th>Answer</th>
          <th>Digest (SHA-256)</th>
        </tr>
      </thead>
      <tbody>
        {requests.map(({ id, purpose, digest, state, refusal, requestedAt, requestedBy }) => (
          <tr key={id}>
            <td className="nw">
              {instant(requestedAt)}
              <div className="f t12">by {requestedBy}</div>
            </td>
            <td className="nw">{conditions[purpose].signs}</td>
            <td>
              <Status kind="signing" value={state} />
              {refusal && <div className="f t12">{refusal.detail}</div>}
            </td>
            <td className="mono t12 digest">{digest}</td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
