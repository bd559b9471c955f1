import { Empty } from '../design/faces.tsx'
import { Page } from './page.tsx'
import { places } from './places.ts'

/** A place that the console does not have yet: what it will hold, and where that is today. */
export function Later({ path }: { readonly path: string }) {
  const place = places.find((each) => each.path === path)
  if (!place?.later) throw new Error(`${path} is no such place`)
  const { what, commands } = place.later
  return (
    <Page title={place.name}>
      <section className="panel">
        <Empty title="Not in the console yet" command={commands.join('\n$ ')}>
          {what}: the command line and the <a href="/reference">API</a> have it today.
        </Empty>
      </section>
    </Page>
  )
}

/** No page has this address. */
export const Nowhere = () => (
  <Page title="No such page">
    <section className="panel">
      <Empty title="Nothing lives at this address">
        It may have been typed wrongly, or name something that is gone.
      </Empty>
    </section>
  </Page>
)
