import { Button } from '@mantine/core'
import { inEveryProfile, partsOf, profiles } from '@suture/contract/profiles.ts'
import { useState } from 'react'
import { ChangeDialog } from '../deployment/profile/change-dialog.tsx'
import { ProfileList, useDefaults } from '../deployment/profile/profile-list.tsx'
import { Asked } from '../design/asked.tsx'
import { Pairs, Panel } from '../design/panel.tsx'
import { instant } from '../design/time.ts'
import { useMay } from '../shell/session.ts'

/** What new plans begin from: as it is, part by part, and under the name of a profile. */
export const Profile = () => (
  <div className="stack">
    <Defaults />
    <ProfileList title="Profiles" />
    <Panel title="In every profile" aside="no profile changes it">
      <ul className="points">
        {Object.values(inEveryProfile).map((each) => (
          <li key={each}>{each}</li>
        ))}
      </ul>
    </Panel>
  </div>
)

function Defaults() {
  const asked = useDefaults()
  const may = useMay('deployment:set-defaults')
  const [isOpen, setOpen] = useState(false)
  return (
    <Panel title="A new plan begins from" aside="whoever makes a plan may say otherwise">
      <Asked of={asked} what="What plans begin from">
        {(defaults) => (
          <div className="stack">
            <Pairs pairs={partsOf(defaults)} />
            <p className="m">
              {defaults.setBy === null || defaults.setAt === null
                ? 'Nobody has chosen anything yet.'
                : `${defaults.profile === null ? 'No profile’s values' : profiles[defaults.profile].name}, set by ${defaults.setBy} ${instant(defaults.setAt)}.`}
            </p>
            {may && (
              <div>
                <Button variant="default" onClick={() => setOpen(true)}>
                  Change a part
                </Button>
              </div>
            )}
          </div>
        )}
      </Asked>
      {isOpen && <ChangeDialog onClose={() => setOpen(false)} />}
    </Panel>
  )
}
