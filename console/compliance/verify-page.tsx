import { Page } from '../shell/page.tsx'
import { VerifyPanel } from './verify-panel.tsx'
import './evidence.css'

/** A pack from anywhere, checked here. */
export const VerifyPage = () => (
  <Page
    title="Verify a pack"
    above={[{ name: 'Evidence', to: '/evidence' }]}
    summary="Drop an evidence pack of any Suture server. Its digests and signatures are checked in this browser; once this page is open, no network is needed."
  >
    <VerifyPanel />
  </Page>
)
