import { Page } from '../shell/page.tsx'

export const NowPage = () => <Page title="Now">…</Page>
