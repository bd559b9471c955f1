import { useCaller } from '../shell/session.ts'
import { useLeave } from '../shell/use-leave.ts'
import { cvesIn } from './cve.ts'
import type { Entry, Found } from './entry.ts'
import { offersFor } from './offers.ts'
import { useCve } from './use-cve.ts'
import { useFound } from './use-found.ts'

/** As much as the API takes for part of a name. */
const mostOfName = 200

const asEntry = (id: string): Entry => ({ id, glyph: 'n-vul', name: id, way: { asks: id } })

/** What the palette shows: the answer to the first CVE in what was asked, or what fits it and what has it in its name. */
export function useGroups(asked: string, typed: string) {
  const { permissions } = useCaller()
  const leave = useLeave()
  const [id, ...others] = cvesIn(asked)
  const cve = useCve(id)
  const named = useFound(id === undefined ? asked.slice(0, mostOfName) : '')
  if (id === undefined) {
    const groups = [...offersFor(permissions, typed.trim(), leave), ...named.found]
    return { ...named, id, cve, groups }
  }
  const also: Found[] = others.length > 0 ? [{ title: 'Also in what you pasted', entries: others.map(asEntry) }] : []
  return { ...named, id, cve, groups: [...cve.found, ...also], isAsking: !cve.answer && !cve.error }
}
