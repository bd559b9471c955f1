import { Link } from '@tanstack/react-router'
import { Empty } from '../design/faces.tsx'
import { Page } from './page.tsx'

/** No page has this address. */
export const Nowhere = () => (
  <Page title="No such page">
    <section className="panel">
      <Empty title="Nothing lives at this address" way={<Link to="/">Now</Link>}>
        It may have been typed wrongly, or name something that is gone.
      </Empty>
    </section>
  </Page>
)
