import { Link } from '@tanstack/react-router'
import { Glyph } from '../design/glyph.tsx'
import { lookOf, Status } from '../design/status.tsx'
import type { ResultState } from './pack.ts'

/** A result as glyph and word; a device that no wave reached had no job, so it is no state of one. */
export const Outcome = ({ state }: { readonly state: ResultState }) =>
  state === 'not-offered' ? (
    <span className="st">
      <Glyph name="notopen" tone="idle" /> not offered
    </span>
  ) : (
    <span title={lookOf('job', state).word}>
      <Status kind="job" value={state} />
    </span>
  )

export const DeviceLink = ({ id }: { readonly id: string }) => (
  <Link to="/devices/$id" params={{ id }} className="plain mono">
    {id.slice(0, 8)}…{id.slice(-4)}
  </Link>
)
