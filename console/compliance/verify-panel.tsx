import { Button } from '@mantine/core'
import { getSignerKeys } from '@suture/contract/signing.ts'
import { useState } from 'react'
import { FileField } from '../design/file-field.tsx'
import { Panel } from '../design/panel.tsx'
import { ask } from '../shell/ask.ts'
import { useMay } from '../shell/session.ts'
import { reasonOf } from '../shell/sign-in.tsx'
import { bytesOfFile, TooLarge } from './bounded.ts'
import { type KeySource, useVerification } from './use-verification.ts'
import { keysFile } from './verify/keys-file.ts'
import { maxPackBytes, maxSignerKeysBytes } from './verify/limits.ts'
import { VerifyResult } from './verify-result.tsx'

/** A pack that a server keeps. */
export interface PackSource {
  readonly name: string
  readonly load: () => Promise<Uint8Array>
}

const loadKeys = async (source: KeySource): Promise<Uint8Array> =>
  source.from === 'file' ? bytesOfFile(source.file, maxSignerKeysBytes) : keysFile((await ask(getSignerKeys, {})).keys)

const troubleOf = (error: unknown): string => (error instanceof TooLarge ? error.message : reasonOf(error))

/** Checks a pack in this browser: of this server, or of a file from anywhere. */
export function VerifyPanel({ pack }: { readonly pack?: PackSource }) {
  const { progress, start, stop, reset } = useVerification()
  const [file, setFile] = useState<File>()
  const [keys, setKeys] = useState<KeySource>()
  const [trouble, setTrouble] = useState<string>()
  const mayRead = useMay('signing:read')
  const source: PackSource | undefined =
    pack ?? (file && { name: file.name, load: () => bytesOfFile(file, maxPackBytes) })
  const verify = async () => {
    if (!source || !keys) return
    setTrouble(undefined)
    try {
      await start(async () => ({ pack: await source.load(), keys: await loadKeys(keys) }))
    } catch (error) {
      setTrouble(troubleOf(error))
    }
  }
  const chosen = (source: KeySource) => {
    setKeys(source)
    reset()
  }
  return (
    <Panel title="Verify in this browser" aside="no word of the server counts">
      <div className="stack">
        {!pack && (
          <FileField
            label="Evidence pack"
            accept=".json,application/json"
            onFile={(given) => {
              setFile(given)
              reset()
            }}
          >
            A file of this server or of another one, up to 64 MiB. It is read here and sent nowhere.
          </FileField>
        )}
        <FileField
          label="The signer’s public keys"
          accept=".json,application/json"
          onFile={(file) => chosen({ from: 'file', file })}
        >
          signer/public.json of the signer’s own machine, by a way that you trust. A key that came with the pack proves
          nothing.
        </FileField>
        {mayRead && (
          <Button
            variant="default"
            size="sm"
            aria-pressed={keys?.from === 'server'}
            onClick={() => chosen({ from: 'server' })}
          >
            {keys?.from === 'server'
              ? 'Using the keys that this server hands out'
              : 'Use the keys that this server hands out'}
          </Button>
        )}
        {trouble && (
          <p className="call c-danger" role="alert">
            {trouble} Nothing was verified.
          </p>
        )}
        <div className="acts">
          <Button disabled={!source || !keys} loading={progress.is === 'running'} onClick={() => void verify()}>
            Verify
          </Button>
          {progress.is === 'running' && (
            <Button variant="default" onClick={stop}>
              Stop
            </Button>
          )}
          {(!source || !keys) && (
            <span className="f t12">{source ? 'Choose the keys first.' : 'Choose a pack and the keys first.'}</span>
          )}
        </div>
        {progress.is !== 'idle' && keys && <VerifyResult progress={progress} keys={keys} />}
      </div>
    </Panel>
  )
}
