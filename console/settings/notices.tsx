import { Needs } from '../shell/needs.tsx'
import { Deliveries } from './deliveries.tsx'
import { Digest } from './digest.tsx'
import { Webhooks } from './webhooks.tsx'

/** What is told to whom outside of this console: one’s own mails, and the webhooks of the tenant. */
export const Notices = () => (
  <div className="stack">
    <Digest />
    <Needs may="integrations:read">
      <Webhooks />
      <Deliveries />
    </Needs>
  </div>
)
