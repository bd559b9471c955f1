import { Deliveries } from './deliveries.tsx'
import { Needs } from './needs.tsx'
import { Webhooks } from './webhooks.tsx'

/** What is told to whom outside of this console. */
export const Notices = () => (
  <Needs may="integrations:read">
    <div className="stack">
      <Webhooks />
      <Deliveries />
    </div>
  </Needs>
)
