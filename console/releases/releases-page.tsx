import { listReleases } from '@suture/contract/releases.ts'
import { type ReleaseState, releaseStates } from '@suture/contract/states.ts'
import { getRouteApi, Link } from '@tanstack/react-router'
import { releaseText } from '../deployment/words.ts'
import { Asked } from '../design/asked.tsx'
import { Begin } from '../design/begin.tsx'
import { Choice } from '../design/choice.tsx'
import { Empty } from '../design/faces.tsx'
import { Glyph } from '../design/glyph.tsx'
import { lookOf, Status } from '../design/status.tsx'
import { instant } from '../design/time.ts'
import { useAsk } from '../shell/ask.ts'
import { Page } from '../shell/page.tsx'
import { Paging } from '../shell/paging.tsx'
import { type Listed, signedBy } from './words.ts'
import './releases.css'

const route = getRouteApi('/frame/releases')

/** The releases, newest first. */
export function ReleasesPage() {
  const { state, cursor } = route.useSearch()
  const navigate = route.useNavigate()
  const query = { limit: 50, ...(state === undefined ? {} : { state }), ...(cursor === undefined ? {} : { cursor }) }
  const releases = useAsk(listReleases, { query }, { about: 'releases' })
  return (
    <Page
      title="Releases"
      summary="Versions of firmware with their manufacturers’ signatures: tested in the lab, then signed and published; newest first."
      actions={
        <Choice
          name="Only those in this state"
          all="Any state"
          value={state}
          choices={releaseStates}
          words={(each) => lookOf('release', each as ReleaseState).word}
          onChange={(chosen) => void navigate({ search: chosen ? { state: chosen as ReleaseState } : {} })}
        />
      }
    >
      <section className="panel" aria-label="Releases">
        <Asked of={releases} what="The releases">
          {({ items, next }) => (
            <>
              {items.length === 0 ? (
                <Nothing state={state} isFirst={cursor === undefined} />
              ) : (
                <Table releases={items} />
              )}
              <Paging cursor={cursor} next={next} words={['Newest', 'Older']} />
            </>
          )}
        </Asked>
      </section>
    </Page>
  )
}

function Nothing({ state, isFirst }: { readonly state: ReleaseState | undefined; readonly isFirst: boolean }) {
  if (state === undefined && isFirst)
    return (
      <Begin title="No release yet" command="suture release create --help">
        A release names a version, and which artifact goes on which models. Each artifact is stored only with a
        signature of its manufacturer, so the manufacturer’s key comes first: suture vendor-key add.
      </Begin>
    )
  return (
    <Empty
      title={isFirst && state ? `No release is ${lookOf('release', state).word}` : 'No older releases'}
      way={<Link to="/releases">Show all releases</Link>}
    >
      A release stands here for as long as it is in the state that is asked for.
    </Empty>
  )
}

const Table = ({ releases }: { readonly releases: readonly Listed[] }) => (
  <div className="scr">
    <table className="top">
      <thead>
        <tr>
          <th scope="col">Release</th>
          <th scope="col">State</th>
          <th scope="col">Version</th>
          <th scope="col">Models</th>
          <th scope="col">Signatures</th>
          <th scope="col">Lab</th>
          <th scope="col">Made</th>
          <th scope="col">Published</th>
        </tr>
      </thead>
      <tbody>
        {releases.map((each) => (
          <tr key={each.id}>
            <td className="subject">
              <Link to="/releases/$id" params={{ id: each.id }} className="plain b" data-row>
                {releaseText(each)}
              </Link>
            </td>
            <td>
              <Status kind="release" value={each.state} />
            </td>
            <td className="nw">{each.version}</td>
            <td className="subject">
              {each.models.map(({ manufacturer, model }) => `${manufacturer} ${model}`).join(', ')}
            </td>
            <td>
              <Signed models={each.models} />
            </td>
            <td>
              {each.verdict ? <Status kind="lab-run" value={each.verdict} /> : <span className="f nw">not tested</span>}
            </td>
            <td className="nw">{instant(each.createdAt)}</td>
            <td className="nw">
              {each.publishedAt ? instant(each.publishedAt) : <span className="f">not published</span>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  </div>
)

function Signed({ models }: Pick<Listed, 'models'>) {
  const { isWhole, says } = signedBy(models)
  return (
    <span className="st">
      <Glyph name={isWhole ? 'verified' : 'fail'} tone={isWhole ? 'closed' : 'danger'} />
      <span>{says}</span>
    </span>
  )
}
