import type { ReactNode } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { Pairs } from '../design/panel.tsx'
import { Term } from '../design/term.tsx'
import { checks } from './checks.ts'
import type { KeySource, Progress } from './use-verification.ts'
import { type CheckName, checkNames } from './verify/messages.ts'

const offline = ['suture evidence verify FILE --keys keys.json']

/** What was checked, against which keys, and what came of it. */
export function VerifyResult({ progress, keys }: { readonly progress: Progress; readonly keys: KeySource }) {
  if (progress.is === 'cannot')
    return (
      <Outcome bad>
        This browser cannot verify: it lacks Ed25519 in WebCrypto, or this page came without TLS. Nothing was checked.
        The same check runs in a terminal.
        <Term commands={offline} />
      </Outcome>
    )
  if (progress.is === 'no-keys')
    return <Outcome bad>The file of keys holds no signer’s public keys: {progress.why} Nothing was checked.</Outcome>
  return (
    <>
      <p className="unseen" role="status">
        {progress.passed.length} of {checkNames.length} checks passed
      </p>
      <Verdict progress={progress} keys={keys} />
      <ol className="chain">
        {checkNames.map((name) => (
          <Check key={name} name={name} progress={progress} />
        ))}
      </ol>
      <h3>Checked against</h3>
      <p className="m t12">
        {keys.from === 'file' ? `Keys from the file ${keys.file.name}.` : 'Keys that this server handed out.'}
      </p>
      <Pairs
        pairs={progress.keys.map(({ purpose, keyId }) => [
          purpose,
          <span key={purpose} className="mono wrap">
            {keyId}
          </span>,
        ])}
      />
    </>
  )
}

function Verdict({
  progress: { is, failed, devices, ms = 0 },
  keys,
}: {
  readonly progress: Progress
  readonly keys: KeySource
}) {
  if (is === 'running') return <p className="m">Checking…</p>
  if (is === 'stopped') return <Outcome bad>Stopped. What was not checked is not known.</Outcome>
  if (is === 'broke')
    return <Outcome bad>The verification broke off, perhaps for want of memory. Nothing is proven.</Outcome>
  if (is === 'failed' && failed)
    return (
      <Outcome bad>
        The pack proves nothing: the check “{failed.check}” failed. {failed.why} {checks[failed.check].fails} Get the
        file again from where it was made; if it fails again, treat it as forged, and make sure that the keys are those
        of its signer.
      </Outcome>
    )
  if (is !== 'verified') return null
  return (
    <Outcome>
      Every check passed: {devices?.toLocaleString('en-GB')} devices, {(ms / 1000).toFixed(1)} s.{' '}
      {keys.from === 'file'
        ? 'Who approved what is proven as far as you trust the file of keys; that the results are what the devices did is the word of the server that observed them.'
        : 'The keys are this server’s own word, so this shows that the pack was not changed, and not who signed it. Compare the fingerprints below with those that the signer’s machine prints.'}
    </Outcome>
  )
}

const Outcome = ({ bad, children }: { readonly bad?: boolean; readonly children: ReactNode }) => (
  <div className={bad ? 'call c-danger' : 'call c-closed'} role="alert">
    <Glyph name={bad ? 'fail' : 'pass'} />
    <div>{children}</div>
  </div>
)

function Check({ name, progress }: { readonly name: CheckName; readonly progress: Progress }) {
  const passed = progress.passed.find(({ check }) => check === name)
  const failed = progress.failed?.check === name ? progress.failed : undefined
  return (
    <li data-check={name}>
      <Glyph
        name={passed ? 'pass' : failed ? 'fail' : 'queued'}
        tone={passed ? 'closed' : failed ? 'danger' : 'idle'}
      />
      <div>
        <h3>
          {checks[name].looks}: {passed ? 'holds' : failed ? 'failed' : 'not checked'}
        </h3>
        <p className="m t12 wrap">{passed?.detail ?? failed?.why}</p>
      </div>
    </li>
  )
}
