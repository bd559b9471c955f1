import { type SubjectName, subjectNames, subjects } from '@suture/contract/changes.ts'
import type { Permission } from '@suture/contract/permissions.ts'
import type { EventRow } from './event.queries.ts'
import { writePosition } from './position.ts'

/** What an event changed, of that which the holder of the permissions may see. */
export function subjectsOf(kind: string, permissions: ReadonlySet<Permission>): SubjectName[] {
  const first = kind.slice(0, kind.indexOf('.'))
  return subjectNames.filter((name) => {
    const { may, events } = subjects[name]
    return permissions.has(may) && (events as readonly string[]).includes(first)
  })
}

/**
 * What changed, gathered for so long: however much happens, a page is told a few times a second.
 * @param gather ends when what was gathered is to be told, or at once when the stream is over
 */
export async function* changesIn(
  rows: AsyncIterable<EventRow>,
  permissions: ReadonlySet<Permission>,
  gather: () => Promise<unknown>,
): AsyncGenerator<{ id: string; data: { subjects: SubjectName[] } }> {
  const gathered = new Set<SubjectName>()
  const iterator = rows[Symbol.asyncIterator]()
  let next = iterator.next()
  try {
    for (;;) {
      const { value: row, done } = await next
      if (done) return
      for (const subject of subjectsOf(row.kind, permissions)) gathered.add(subject)
      next = iterator.next()
      if (gathered.size === 0) continue
      let last = row
      const over = gather().then(() => undefined)
      for (;;) {
        const more = await Promise.race([over, next])
        if (more === undefined || more.done) break
        last = more.value
        for (const subject of subjectsOf(last.kind, permissions)) gathered.add(subject)
        next = iterator.next()
      }
      yield { id: writePosition(last), data: { subjects: [...gathered] } }
      gathered.clear()
    }
  } finally {
    next.catch(() => undefined)
    await iterator.return?.()
  }
}
