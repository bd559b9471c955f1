import type { Reply } from '@suture/contract/client.ts'
import { listVendorKeys } from '@suture/contract/releases.ts'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Glyph } from '../design/glyph.tsx'
import { Panel } from '../design/panel.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { Needs } from '../shell/needs.tsx'

type VendorKey = Reply<typeof listVendorKeys>['items'][number]

/** The manufacturers' public keys; their private halves never come here. */
export const VendorKeys = () => (
  <Needs may="releases:read">
    <Listed />
  </Needs>
)

function Listed() {
  const keys = useAsk(listVendorKeys, { query: { limit: 200 } }, { about: 'releases' })
  return (
    <Panel title="Vendor keys" aside="public halves alone; the private ones stay with the manufacturers" flush>
      <Asked of={keys} what="The vendor keys">
        {({ items, next }) =>
          items.length === 0 ? (
            <Begin title="No vendor key counts" command="suture vendor-key add FILE --manufacturer NAME --name NAME">
              Until one does, no artifact is stored: each must come with its manufacturer’s signature.
            </Begin>
          ) : (
            <>
              <Table keys={items} />
              {next !== undefined && <p className="pad f t12 rowline">These are the first {items.length}.</p>}
            </>
          )
        }
      </Asked>
    </Panel>
  )
}

const Table = ({ keys }: { readonly keys: readonly VendorKey[] }) => (
  // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by the keyboard
  <section className="scr" tabIndex={0} aria-label="Vendor keys">
    <table className="top">
      <thead>
        <tr>
          <th>Manufacturer</th>
          <th>Key</th>
          <th>State</th>
          <th>Added</th>
        </tr>
      </thead>
      <tbody>
        {keys.map(({ id, manufacturer, name, keyId, createdAt, createdBy, revokedAt }) => (
          <tr key={id}>
            <td className="b">{manufacturer}</td>
            <td>
              {name}
              <div className="mono t12 f digest">{keyId}</div>
            </td>
            <td className="nw">
              {revokedAt ? (
                <span className="st">
                  <Glyph name="block" tone="idle" /> revoked {instant(revokedAt)}
                </span>
              ) : (
                <span className="st">
                  <Glyph name="key" tone="idle" /> counts
                </span>
              )}
            </td>
            <td className="nw">
              {instant(createdAt)}
              <div className="f t12">by {createdBy}</div>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </section>
)
