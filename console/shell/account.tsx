import { Menu, UnstyledButton } from '@mantine/core'
import { signOut } from '@suture/contract/auth.ts'
import { roles } from '@suture/contract/roles.ts'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { Glyph } from '../design/glyph.tsx'
import { type Appearance, appearances, setAppearance, useAppearance } from './appearance.ts'
import { ask, queries } from './ask.ts'
import { changes } from './live.ts'
import { PasswordDialog } from './password-dialog.tsx'
import { useCaller } from './session.ts'

const names: Record<Appearance, string> = {
  system: 'As this device',
  light: 'Light',
  dark: 'Dark',
  hc: 'High contrast',
}

/** Who is signed in, as what; how the console looks; the way out. */
export function Account() {
  const caller = useCaller()
  const appearance = useAppearance()
  const navigate = useNavigate()
  const [isChanging, setChanging] = useState(false)
  const leave = async () => {
    await ask(signOut, {})
    changes.close()
    queries.clear()
    await navigate({ to: '/sign-in' })
  }
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
              {names[each]}
            </Menu.Item>
          ))}
          <Menu.Divider />
          <Menu.Item onClick={() => setChanging(true)}>Change your password</Menu.Item>
          <Menu.Item onClick={() => void leave()}>Sign out</Menu.Item>
        </Menu.Dropdown>
      </Menu>
      {isChanging && <PasswordDialog onClose={() => setChanging(false)} />}
    </>
  )
}
