import { Button, Menu } from '@mantine/core'
import { Glyph } from '../design/glyph.tsx'
import { type Deed, deedNames, type Person } from './person.ts'

interface Given {
  readonly person: Person
  readonly onDo: (deed: Deed) => void
}

/** What else can be done with an account. */
export const PersonMenu = ({ person, onDo }: Given) => (
  <Menu position="bottom-end" withinPortal>
    <Menu.Target>
      <Button variant="default" size="sm" aria-label={`More about ${person.name}`}>
        <Glyph name="dots" size={14} />
      </Button>
    </Menu.Target>
    <Menu.Dropdown>
      {(['again', person.state === 'disabled' ? 'enable' : 'disable'] as const).map((deed) => (
        <Menu.Item key={deed} onClick={() => onDo(deed)}>
          {deedNames[deed]}
        </Menu.Item>
      ))}
    </Menu.Dropdown>
  </Menu>
)
