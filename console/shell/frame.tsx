import { useQuery } from '@tanstack/react-query'
import { Outlet, useRouter } from '@tanstack/react-router'
import { useEffect } from 'react'
import { Loading, Trouble } from '../design/faces.tsx'
import { Glyph } from '../design/glyph.tsx'
import { instant, span } from '../design/time.ts'
import { Palette } from '../palette/palette.tsx'
import { isSignedOut } from './ask.ts'
import { useKeys } from './keys.ts'
import { useLive } from './live.ts'
import { PlaceNeeds } from './needs.tsx'
import { useNow } from './now.ts'
import { useOverlay } from './overlay.ts'
import { CallerContext, session } from './session.ts'
import { ShortcutSheet } from './shortcut-sheet.tsx'
import { Side } from './side.tsx'

/** The frame of every page, for whoever is signed in; everybody else is sent to sign in, and comes back. */
export function Frame() {
  const who = useQuery(session)
  if (isSignedOut(who.error)) return <ToSignIn />
  if (who.data === undefined)
    return (
      <main className="alone">
        {who.error ? (
          <Trouble error={who.error} what="The console" retry={() => void who.refetch()} />
        ) : (
          <Loading what="Asking the server who you are" rows={3} />
        )}
      </main>
    )
  return (
    <CallerContext value={who.data}>
      <a className="skip" href="#main">
        To the page
      </a>
      <Side />
      <div className="main">
        <Top />
        <PlaceNeeds>
          <Outlet />
        </PlaceNeeds>
      </div>
      <Over />
    </CallerContext>
  )
}

/** The keys of every page, and what they open over it. */
function Over() {
  useKeys()
  const overlay = useOverlay()
  if (overlay === 'palette') return <Palette />
  return overlay === 'shortcuts' ? <ShortcutSheet /> : null
}

/** Sends whoever is not signed in to the door, once: on the way there this is still shown. */
function ToSignIn() {
  const router = useRouter()
  useEffect(() => {
    const { pathname, href } = router.state.location
    if (pathname !== '/sign-in') void router.navigate({ to: '/sign-in', search: { back: href }, replace: true })
  }, [router])
  return null
}

/** What is true of every page: whether it is live, and what time it is. */
function Top() {
  const live = useLive()
  const now = useNow(10_000)
  return (
    <>
      <header className="topb">
        <span id="trail" className="trail" />
        <div className="right">
          <span className="st f" role="status">
            <Glyph
              name={live.state === 'lost' ? 'silent' : 'live'}
              size={14}
              tone={live.state === 'live' ? 'closed' : live.state === 'lost' ? 'danger' : 'idle'}
            />
            {live.state === 'live' ? 'Live' : live.state === 'lost' ? 'Not live' : 'Connecting'}
          </span>
          <span className="f nw clocktext">{instant(now)}</span>
        </div>
      </header>
      {live.state === 'lost' && (
        <div className="call c-soon band" role="status">
          <Glyph name="warn" />
          <span>
            Live updates stopped {span(now.getTime() - live.since.getTime())} ago. What stands here may have changed
            since; the console goes on trying.
          </span>
        </div>
      )}
    </>
  )
}
