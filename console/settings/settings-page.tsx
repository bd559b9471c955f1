import type { Permission } from '@suture/contract/permissions.ts'
import { getRouteApi } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { Needs } from '../shell/needs.tsx'
import { Page } from '../shell/page.tsx'
import { Tabs } from '../shell/tabs.tsx'
import { Keys } from './keys.tsx'
import { Notices } from './notices.tsx'
import { People } from './people.tsx'
import { Profile } from './profile.tsx'
import { RecordOfEvents } from './record.tsx'
import { Roles } from './roles.tsx'
import { type Tab, tabs } from './search.ts'
import { Tokens } from './tokens.tsx'
import './settings.css'

const route = getRouteApi('/frame/settings')

interface Part {
  readonly name: string
  readonly summary: string
  readonly may?: Permission
  readonly shows: () => ReactNode
}

const parts: Readonly<Record<Tab, Part>> = {
  people: {
    name: 'People',
    summary: 'Who has an account in this tenant, with which roles, for which sites.',
    may: 'platform:read-users',
    shows: () => <People />,
  },
  roles: {
    name: 'Roles',
    summary: 'What each role may do. Whoever has several roles may do what any of them may.',
    shows: () => <Roles />,
  },
  tokens: {
    name: 'Tokens',
    summary: 'Secrets with which machines call the API; never more than their makers hold.',
    may: 'platform:manage-tokens',
    shows: () => <Tokens />,
  },
  keys: {
    name: 'Keys',
    summary: 'Who can make a device accept bytes, and what a stolen key or login comes to.',
    may: 'signing:read',
    shows: () => <Keys />,
  },
  profile: {
    name: 'Profile',
    summary: 'What new plans begin from. It changes no plan that is there, and nothing about any device.',
    shows: () => <Profile />,
  },
  notices: {
    name: 'Notices',
    summary: 'What is told outside of this console: nothing, until somebody sets it up here.',
    shows: () => <Notices />,
  },
  record: {
    name: 'Record',
    summary: 'Who did what, newest first. It is only ever added to.',
    may: 'platform:read-events',
    shows: () => <RecordOfEvents />,
  },
}

const names = Object.fromEntries(tabs.map((tab) => [tab, parts[tab].name])) as Readonly<Record<Tab, string>>

/** People, what they may do, the secrets of machines, the keys behind every signature, and the record. */
export function SettingsPage() {
  const { tab = 'people' } = route.useSearch()
  const { name, summary, may, shows } = parts[tab]
  return (
    <Page title={name} above={[{ name: 'Settings', to: '/settings' }]} summary={summary}>
      <Tabs label="Parts of Settings" names={names} on={tab} />
      {may === undefined ? shows() : <Needs may={may}>{shows()}</Needs>}
    </Page>
  )
}
