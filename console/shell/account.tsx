import { Menu, UnstyledButton } from '@mantine/core'
import { roles } from '@suture/contract/roles.ts'
import { useState } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { appearanceNames, appearances, setAppearance, useAppearance } from './appearance.ts'
import { open } from './overlay.ts'
import { PasswordDialog } from './password-dialog.tsx'
import { useCaller } from './session.ts'
import { useLeave } from './use-leave.ts'

/** Who is signed in, as what; how the console looks; the way out. */
export function Account() {
  const caller = useCaller()
  const appearance = useAppearance()
  const [isChanging, setChanging] = useState(false)
  const leave = useLeave()
  return (
    <>
      <Menu position="top-start" width={220} withinPortal>
        <Menu.Target>
          <UnstyledButton className="account" title={caller.roles.map((role) => `${role}: ${roles[role]}`).join('\n')}>
            <Glyph name="person" size={14} />
            <span className="ell">{caller.name}</span>
            <span className="v ell">{caller.roles.join(', ')}</span>
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <Menu.Label>{caller.tenant.name}</Menu.Label>
          {appearances.map((each) => (
            <Menu.Item
              key={each}
              leftSection={each === appearance ? <Glyph name="check" size={14} /> : <span className="gap" />}
              onClick={() => setAppearance(each)}
            >
              {appearanceNames[each]}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setChanging(true)}>Change your password</Menu.Item>
          <Menu.Item onClick={() => open('shortcuts')}>Shortcuts</Menu.Item>
          <Menu.Item onClick={() => void leave()}>Sign out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isChanging && <PasswordDialog onClose={() => setChanging(false)} />}
    </>
  )
}
