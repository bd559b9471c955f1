import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router'
import { reportSearch } from './compliance/report-search.ts'
import { builderSearch, listSearch, pageSearch } from './deployment/search.ts'
import { Trouble } from './design/faces.tsx'
import { oneSearch, placeSearch } from './intelligence/search.ts'
import { actionSearch, actionsSearch } from './inventory/action-search.ts'
import { devicePageSearch, deviceSearch } from './inventory/device-filter.ts'
import { releaseSearch, releasesSearch } from './releases/search.ts'
import { riskSearch } from './risk/search.ts'
import { settingsSearch } from './settings/search.ts'
import { FirstTime } from './shell/first-time.tsx'
import { Frame } from './shell/frame.tsx'
import { Nowhere } from './shell/nowhere.tsx'
import { SignIn } from './shell/sign-in.tsx'

const root = createRootRoute()
const frame = createRoute({ getParentRoute: () => root, id: 'frame', component: Frame, notFoundComponent: Nowhere })

/** Only a path of our own: whoever signs in is not to be led anywhere else. */
const ownPath = (given: unknown): string =>
  typeof given === 'string' && /^\/(?![/\\\s]|sign-in)/.test(given) ? given : '/'

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: ({ back }: Record<string, unknown>): { back?: string } =>
    back === undefined ? {} : { back: ownPath(back) },
  component: function Door() {
    return <SignIn back={signIn.useSearch().back ?? '/'} />
  },
})
const setup = createRoute({ getParentRoute: () => root, path: '/setup', component: () => <FirstTime kind="setup" /> })
const invitation = createRoute({
  getParentRoute: () => root,
  path: '/invitation',
  component: () => <FirstTime kind="invitation" />,
})

const now = createRoute({
  getParentRoute: () => frame,
  path: '/',
  validateSearch: ({ why, on }: Record<string, unknown>): { why?: string; on?: string } =>
    typeof why === 'string' && typeof on === 'string' ? { why, on } : {},
  component: lazyRouteComponent(() => import('./now/now-page.tsx'), 'NowPage'),
})
const devices = createRoute({
  getParentRoute: () => frame,
  path: '/devices',
  validateSearch: deviceSearch,
  component: lazyRouteComponent(() => import('./inventory/devices-page.tsx'), 'DevicesPage'),
})
const device = createRoute({
  getParentRoute: () => frame,
  path: '/devices/$id',
  validateSearch: devicePageSearch,
  component: lazyRouteComponent(() => import('./inventory/device-page.tsx'), 'DevicePage'),
})
const deviceActions = createRoute({
  getParentRoute: () => frame,
  path: '/devices/actions',
  validateSearch: actionsSearch,
  component: lazyRouteComponent(() => import('./inventory/actions-page.tsx'), 'ActionsPage'),
})
const deviceAction = createRoute({
  getParentRoute: () => frame,
  path: '/devices/actions/$id',
  validateSearch: actionSearch,
  component: lazyRouteComponent(() => import('./inventory/action-page.tsx'), 'ActionPage'),
})
const vulnerabilities = createRoute({
  getParentRoute: () => frame,
  path: '/vulnerabilities',
  validateSearch: placeSearch,
  component: lazyRouteComponent(() => import('./intelligence/vulnerabilities-page.tsx'), 'VulnerabilitiesPage'),
})
const vulnerability = createRoute({
  getParentRoute: () => frame,
  path: '/vulnerabilities/$id',
  validateSearch: oneSearch,
  component: lazyRouteComponent(() => import('./intelligence/vulnerability-page.tsx'), 'VulnerabilityPage'),
})
const releases = createRoute({
  getParentRoute: () => frame,
  path: '/releases',
  validateSearch: releasesSearch,
  component: lazyRouteComponent(() => import('./releases/releases-page.tsx'), 'ReleasesPage'),
})
const release = createRoute({
  getParentRoute: () => frame,
  path: '/releases/$id',
  validateSearch: releaseSearch,
  component: lazyRouteComponent(() => import('./releases/release-page.tsx'), 'ReleasePage'),
})
const rollouts = createRoute({
  getParentRoute: () => frame,
  path: '/rollouts',
  validateSearch: listSearch,
  component: lazyRouteComponent(() => import('./deployment/rollouts-page.tsx'), 'RolloutsPage'),
})
const builder = createRoute({
  getParentRoute: () => frame,
  path: '/rollouts/new',
  validateSearch: builderSearch,
  component: lazyRouteComponent(() => import('./deployment/builder/builder-page.tsx'), 'BuilderPage'),
})
const rollout = createRoute({
  getParentRoute: () => frame,
  path: '/rollouts/$id',
  validateSearch: pageSearch,
  component: lazyRouteComponent(() => import('./deployment/rollout-page.tsx'), 'RolloutPage'),
})
const evidence = createRoute({
  getParentRoute: () => frame,
  path: '/evidence',
  component: lazyRouteComponent(() => import('./compliance/evidence-list.tsx'), 'EvidenceList'),
})
const pack = createRoute({
  getParentRoute: () => frame,
  path: '/evidence/$id',
  component: lazyRouteComponent(() => import('./compliance/evidence-page.tsx'), 'EvidencePage'),
})
const verify = createRoute({
  getParentRoute: () => frame,
  path: '/evidence/verify',
  component: lazyRouteComponent(() => import('./compliance/verify-page.tsx'), 'VerifyPage'),
})
const report = createRoute({
  getParentRoute: () => frame,
  path: '/evidence/report',
  validateSearch: reportSearch,
  component: lazyRouteComponent(() => import('./compliance/report-page.tsx'), 'ReportPage'),
})
const risk = createRoute({
  getParentRoute: () => frame,
  path: '/risk',
  validateSearch: riskSearch,
  component: lazyRouteComponent(() => import('./risk/risk-page.tsx'), 'RiskPage'),
})
const settings = createRoute({
  getParentRoute: () => frame,
  path: '/settings',
  validateSearch: settingsSearch,
  component: lazyRouteComponent(() => import('./settings/settings-page.tsx'), 'SettingsPage'),
})
export const router = createRouter({
  routeTree: root.addChildren([
    signIn,
    setup,
    invitation,
    frame.addChildren([
      ...[now, devices, device, deviceActions, deviceAction, vulnerabilities, vulnerability, releases, release],
      ...[rollouts, builder, rollout, risk, evidence, verify, report, pack, settings],
    ]),
  ]),
  defaultPreload: 'intent',
  defaultNotFoundComponent: Nowhere,
  defaultErrorComponent: ({ error, reset }) => (
    <main className="page">
      <Trouble error={error as Error} what="This page" retry={reset} />
    </main>
  ),
  scrollRestoration: true,
})

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router
  }
}
