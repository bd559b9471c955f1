import { TextInput } from '@mantine/core'
import { Panel } from '../../design/panel.tsx'
import type { Listed } from '../../releases/words.ts'
import { useNow } from '../../shell/now.ts'
import type { BuilderSearch } from '../search.ts'
import { type Draft, limitsText, type Preview, sizesOf, wavesText } from './draft.ts'
import { LimitsField } from './limits-field.tsx'
import { WavesField } from './waves-field.tsx'
import { WhenField } from './when-field.tsx'
import { WhatField, WhoField } from './who-field.tsx'

export type Change = (part: { readonly [K in keyof BuilderSearch]: BuilderSearch[K] | undefined }) => void

interface Given {
  readonly releases: readonly Listed[]
  readonly held: BuilderSearch
  readonly draft: Draft
  /** Whether somebody tried to freeze it, so that what is missing is marked. */
  readonly isTried: boolean
  readonly preview: Preview | undefined
  readonly onChange: Change
}

/** Everything that a plan is made from. */
export function Form({ releases, held, draft, isTried, preview, onChange }: Given) {
  const now = useNow()
  const found = preview?.excluded.reduce((sum, { devices }) => sum + devices, preview.devices)
  return (
    <>
      <WhatField
        releases={releases}
        chosen={held.release}
        isAsked={isTried}
        // What was proposed follows the release; what somebody wrote stays.
        onChange={(release) => onChange({ release, include: undefined })}
      />
      <WhoField q={draft.q} found={found} onChange={(q) => onChange({ q })} />
      <WavesField
        waves={draft.waves}
        from={draft.wavesFrom}
        sizes={preview && sizesOf(preview, draft.waves.length)}
        onChange={(waves) => onChange({ waves: wavesText(waves) })}
        onPreset={(preset) => onChange({ waves: preset })}
      />
      <LimitsField
        limits={draft.limits}
        from={draft.limitsFrom}
        onChange={(limits) => onChange({ limits: limitsText(limits) })}
        onPreset={(preset) => onChange({ limits: preset })}
      />
      <WhenField
        from={draft.from}
        to={draft.to}
        now={now}
        isAtOnce={held.from === undefined}
        onFrom={(from) => onChange({ from })}
        onTo={(to) => onChange({ to })}
      />
      <NameField name={held.name} proposed={draft.name} onChange={(name) => onChange({ name })} />
    </>
  )
}

interface NameGiven {
  readonly name: string | undefined
  readonly proposed: string
  readonly onChange: (name: string | undefined) => void
}

const NameField = ({ name, proposed, onChange }: NameGiven) => (
  <Panel title="Name">
    <TextInput
      aria-label="Name of the rollout"
      description={name === undefined ? 'As the release, unless you say otherwise' : undefined}
      value={name ?? ''}
      placeholder={proposed}
      maxLength={200}
      onChange={({ currentTarget: { value } }) => onChange(value === '' ? undefined : value)}
    />
  </Panel>
)
