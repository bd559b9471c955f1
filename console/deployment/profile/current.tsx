import type { Reply } from '@suture/contract/client.ts'
import { getPlanDefaults } from '@suture/contract/profiles.ts'
import { type ReactNode, useEffect, useState } from 'react'
import { Loading, Trouble } from '../../design/faces.tsx'
import { read } from '../../shell/ask.ts'

type Defaults = Reply<typeof getPlanDefaults>

/** What plans begin from as it stands at this moment, with the tag by which an edit says so. */
export function Current({ children }: { readonly children: (now: Defaults, etag: string) => ReactNode }) {
  const [seen, setSeen] = useState<Awaited<ReturnType<typeof read<typeof getPlanDefaults>>>>()
  const [error, setError] = useState<Error>()
  const look = () => void read(getPlanDefaults, {}).then(setSeen, setError)
  useEffect(look, [])
  if (seen) return children(seen.reply, seen.etag)
  if (error) return <Trouble error={error} what="What plans begin from" retry={look} />
  return <Loading what="What plans begin from: asking the server" rows={3} />
}
