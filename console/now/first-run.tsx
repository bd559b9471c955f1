import type { ReactNode } from 'react'
import { ProfileList } from '../deployment/profile/profile-list.tsx'
import { Copy } from '../design/copy.tsx'
import { Term } from '../design/term.tsx'
import { GatewayButton, ImportButton } from '../inventory/import/import-button.tsx'
import { Page } from '../shell/page.tsx'
import { FirstSteps } from './first-steps.tsx'
import type { Known } from './steps.ts'

/** Nothing is watched yet: three ways to begin, none of which sends anything to a device. */
export const FirstRun = ({ known }: { readonly known: Known }) => (
  <Page
    title="Nothing is watched yet"
    place="Now"
    summary="Ten minutes from here you have one real finding, with its reason and one safe next step. Nothing is sent to any device until you allow it."
  >
    <div className="stack">
      <FirstSteps known={known} example={undefined} />
      <div className="three">
        <Way
          title="Import what you have"
          command="suture device import FILE.csv --dry-run"
          action={<ImportButton isMain />}
        >
          A list with one device in a row. What it would change is said before anything is. Then an SBOM says what their
          firmware is made of.
        </Way>
        <Way title="Connect something" command="suture gateway create NAME" action={<GatewayButton />}>
          Update clients that speak hawkBit’s device protocol (DDI), such as SWUpdate, register themselves into
          quarantine, by one line in their configuration.
        </Way>
        <Way title="Try it with a demo fleet" command="npm run demo" action={<Copy text="npm run demo" />}>
          Simulated devices speak the real protocols: they update, fail, go silent and lie. It runs beside this server,
          in a folder of its own, and ends without a trace here.
        </Way>
      </div>
      <ProfileList title="How careful should new plans be?" />
    </div>
  </Page>
)

interface Given {
  readonly title: string
  readonly command: string
  readonly action: ReactNode
  readonly children: ReactNode
}

const Way = ({ title, command, action, children }: Given) => (
  <section className="panel way">
    <h2>{title}</h2>
    <p className="m">{children}</p>
    <Term commands={[command]} />
    <div>{action}</div>
  </section>
)
