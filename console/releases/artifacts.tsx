import { short } from '../deployment/words.ts'
import { Glyph } from '../design/glyph.tsx'
import { Pairs, Panel } from '../design/panel.tsx'
import { instant } from '../design/time.ts'
import { Wide } from '../design/wide.tsx'
import { type Release, revisionsOf, size } from './words.ts'

type Artifact = Release['artifacts'][number]

/** Which bytes go on which revision of which model. */
export const Targets = ({ targets, artifacts }: Pick<Release, 'targets' | 'artifacts'>) => (
  <Panel title="What goes where" flush>
    <Wide>
      <table>
        <thead>
          <tr>
            <th scope="col">Model</th>
            <th scope="col">Revisions</th>
            <th scope="col">Artifact</th>
          </tr>
        </thead>
        <tbody>
          {targets.map((target) => (
            <tr key={`${target.manufacturer} ${target.model} ${target.hardwareRevision ?? ''}`}>
              <td className="nw b">
                {target.manufacturer} {target.model}
              </td>
              <td className="nw">{revisionsOf(target, targets)}</td>
              <td className="nw" title={target.artifact}>
                {artifacts.find(({ sha256 }) => sha256 === target.artifact)?.fileName}{' '}
                <span className="mono f">{short(target.artifact)}</span>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  </Panel>
)

/** The bytes, by every digest that a device may ask for, and who signed them. */
export const Artifacts = ({ artifacts }: Pick<Release, 'artifacts'>) =>
  artifacts.map((artifact) => (
    <Panel key={artifact.sha256} title={`Artifact ${artifact.fileName}`} aside={size(artifact.length)}>
      <div className="stack tight">
        <Pairs
          pairs={[
            [
              'SHA-256',
              <span key="256" className="mono">
                {artifact.sha256}
              </span>,
            ],
            [
              'SHA-1',
              <span key="1" className="mono">
                {artifact.sha1}
              </span>,
            ],
            [
              'MD5',
              <span key="5" className="mono">
                {artifact.md5}
              </span>,
            ],
            ['Length', `${artifact.length.toLocaleString('en-GB')} bytes`],
            ['Uploaded', `${instant(artifact.uploadedAt)} by ${artifact.uploadedBy}`],
          ]}
        />
        <h3 className="lab">Signatures over these bytes</h3>
        <ul className="signatures">
          {artifact.signatures.map((each) => (
            <SignatureRow key={`${each.manufacturer} ${each.keyId}`} of={each} />
          ))}
        </ul>
      </div>
    </Panel>
  ))

function SignatureRow({ of }: { readonly of: Artifact['signatures'][number] }) {
  const { manufacturer, keyId, verifiedAt, revokedAt } = of
  const counts = revokedAt === null
  return (
    <li>
      <Glyph name={counts ? 'verified' : 'fail'} tone={counts ? 'closed' : 'danger'} />
      <div>
        <p>
          <b>{manufacturer}</b>{' '}
          {revokedAt === null ? 'vendor key, verified' : `vendor key, revoked ${instant(revokedAt)}: counts no longer`}
        </p>
        <p className="f t12">
          Verified {instant(verifiedAt)}, key{' '}
          <span className="mono" title={keyId}>
            {short(keyId)}
          </span>
        </p>
      </div>
    </li>
  )
}
