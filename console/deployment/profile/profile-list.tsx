import { Button } from '@mantine/core'
import { getPlanDefaults, type ProfileName, partsOf, profileNames, profiles } from '@suture/contract/profiles.ts'
import { useState } from 'react'
import { Asked } from '../../design/asked.tsx'
import { Glyph } from '../../design/glyph.tsx'
import { Panel } from '../../design/panel.tsx'
import { Term } from '../../design/term.tsx'
import { useAsk } from '../../shell/ask.ts'
import { useMay } from '../../shell/session.ts'
import { ChooseDialog } from './choose-dialog.tsx'
import './profile.css'

export const useDefaults = () => useAsk(getPlanDefaults, {}, { about: 'rollouts' })

/** The profiles with what each sets; an admin looks at one before choosing it. */
export function ProfileList({ title }: { readonly title: string }) {
  const asked = useDefaults()
  const may = useMay('deployment:set-defaults')
  const [open, setOpen] = useState<ProfileName>()
  return (
    <Panel title={title} aside="a choice for new plans, to be changed at any time" flush>
      <Asked of={asked} what="The profiles">
        {({ profile }) => (
          <ul className="profiles">
            {profileNames.map((each) => (
              <li key={each}>
                <div>
                  <h3>{profiles[each].name}</h3>
                  <p className="m">{profiles[each].says}</p>
                  <p className="f t12">{textOf(each)}</p>
                </div>
                {profile === each ? (
                  <span className="st nw">
                    <Glyph name="approval" tone="human" size={14} /> chosen
                  </span>
                ) : (
                  may && (
                    <Button
                      variant="default"
                      size="sm"
                      aria-label={`See what it sets: ${profiles[each].name}`}
                      onClick={() => setOpen(each)}
                    >
                      See what it sets
                    </Button>
                  )
                )}
              </li>
            ))}
          </ul>
        )}
      </Asked>
      <div className="pad">
        {!may && <p className="m">Somebody with the role admin chooses one.</p>}
        <Term commands={['suture profile choose PROFILE']} />
      </div>
      {open && <ChooseDialog profile={open} onClose={() => setOpen(undefined)} />}
    </Panel>
  )
}

const textOf = (profile: ProfileName): string =>
  partsOf(profiles[profile].sets)
    .map(([name, value]) => `${name}: ${value}`)
    .join(' · ')
