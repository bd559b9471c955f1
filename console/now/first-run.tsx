import { Empty } from '../design/faces.tsx'
import { Page } from '../shell/page.tsx'

/** Nothing is watched yet: three ways to begin, none of which sends anything to a device. */
export const FirstRun = () => (
  <Page
    title="Nothing is watched yet"
    place="Now"
    summary="Ten minutes from here you have one real finding, with its reason and one safe next step. Nothing is sent to any device until you allow it."
  >
    <div className="three">
      <section className="panel">
        <Empty title="Try it with a demo fleet" command="npm run demo">
          Simulated devices speak the real protocols: they update, fail, go silent and lie. It runs beside this server,
          in a folder of its own.
        </Empty>
      </section>
      <section className="panel">
        <Empty title="Import what you have" command="suture device import FILE.csv --dry-run">
          A list with one device in a row. Columns that are needed: serial, manufacturer, model, type, hardwareRevision,
          firmware. A site that it names must exist (suture site create NAME). A dry run says what it would change.
        </Empty>
      </section>
      <section className="panel">
        <Empty title="Let devices come" command="suture gateway create NAME">
          Update clients that speak hawkBit’s device protocol (DDI), such as SWUpdate, register themselves with a
          gateway’s secret, into quarantine.
        </Empty>
      </section>
    </div>
  </Page>
)
