import { createRollout } from '@suture/contract/deployment.ts'
import { getPlanDefaults, type PlanDefaults } from '@suture/contract/profiles.ts'
import { listReleases } from '@suture/contract/releases.ts'
import type { Reach } from '@suture/contract/rollout-presets.ts'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { Asked } from '../../design/asked.tsx'
import { Begin } from '../../design/begin.tsx'
import type { Listed } from '../../releases/words.ts'
import { ask, queries, useAsk } from '../../shell/ask.ts'
import { Needs } from '../../shell/needs.tsx'
import { Page } from '../../shell/page.tsx'
import { useMay } from '../../shell/session.ts'
import { useAct } from '../../shell/use-act.ts'
import { bodyOf, draftOf, reachOf } from './draft.ts'
import { Form } from './form.tsx'
import { Head } from './head.tsx'
import { PreviewSide } from './preview-side.tsx'
import { useDraft } from './use-draft.ts'
import { usePreview } from './use-preview.ts'
import '../../inventory/devices.css'
import '../rollouts.css'
import './builder.css'

const list = { name: 'Rollouts', to: '/rollouts' }

/** Where a rollout is planned: nothing is stored until it is frozen, and the address holds all that was chosen. */
export const BuilderPage = () =>
  useMay('deployment:plan') ? (
    <Released />
  ) : (
    <Page title="Plan a rollout" above={[list]}>
      <Needs may="deployment:plan">{null}</Needs>
    </Page>
  )

function Released() {
  const releases = useAsk(listReleases, { query: { limit: 500, state: 'published' } }, { about: 'releases' })
  const defaults = useAsk(getPlanDefaults, {}, { about: 'rollouts' })
  const isEmpty = releases.data?.items.length === 0
  if (releases.data && !isEmpty && defaults.data)
    return <Builder releases={releases.data.items} defaults={defaults.data} />
  return (
    <Page title="Plan a rollout" above={[list]}>
      <section className="panel" aria-label="The releases">
        <Asked of={releases} what="The published releases">
          {() =>
            isEmpty ? (
              <Begin title="No release is published" command="suture release create --help">
                A rollout brings a published release to devices. A release is published once the lab passed it and the
                signer signed it; then it can be chosen here.
              </Begin>
            ) : (
              <Asked of={defaults} what="What plans begin from">
                {() => null}
              </Asked>
            )
          }
        </Asked>
      </section>
    </Page>
  )
}

const patient = 'Nothing is frozen while something in the form cannot be read: mend what is marked.'

interface Given {
  readonly releases: readonly Listed[]
  readonly defaults: PlanDefaults
}

function Builder({ releases, defaults }: Given) {
  const { held, change } = useDraft(useSearch({ from: '/frame/rollouts/new' }))
  const [openedAt] = useState(() => new Date())
  const [reach, setReach] = useState<Reach>()
  const [isTried, setTried] = useState(false)
  const [wrong, setWrong] = useState<string>()
  const form = useRef<HTMLDivElement>(null)
  const navigate = useNavigate()
  const { isBusy, trouble, act } = useAct()
  const release = releases.find(({ id }) => id === held.release)
  const draft = draftOf(held, { release, openedAt, defaults, reach })
  const body = release && bodyOf(release.id, draft)
  const { told, isCurrent } = usePreview(body)
  const found = told.data && reachOf(told.data)
  if (found && (found.devices !== reach?.devices || found.revisions !== reach.revisions)) setReach(found)

  const freeze = () => {
    // What is missing is marked before it is looked for.
    flushSync(() => setTried(true))
    const marked = form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')
    setWrong(marked || !body ? patient : undefined)
    if (marked || !body) return marked?.focus()
    void act(async () => {
      const made = await ask(createRollout, { body })
      await queries.invalidateQueries({ queryKey: ['rollouts'] })
      await navigate({ to: '/rollouts/$id', params: { id: made.id } })
    })
  }
  return (
    <Page
      title="Plan a rollout"
      above={[list]}
      summary="Nothing reaches a device until two other people have approved the plan and somebody starts it."
      actions={<Head body={body} isBusy={isBusy || (body !== undefined && !isCurrent)} onFreeze={freeze} />}
    >
      <p className={(trouble ?? wrong) ? 'call c-danger said' : 'unseen'} role="alert">
        {trouble ?? wrong}
      </p>
      <div className="builder">
        <div className="stack" ref={form}>
          <Form {...{ releases, held, draft, openedAt, isTried }} preview={body && told.data} onChange={change} />
        </div>
        <PreviewSide {...{ draft, told, isCurrent }} isAsked={body !== undefined} onChange={change} />
      </div>
    </Page>
  )
}
