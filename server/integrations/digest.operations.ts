import type { Clock } from '#platform/clock.ts'
import { type Scope, type Scoped, type Store, withScope } from '#platform/database/store.ts'
import { currentMoment, emit } from '#platform/events/event.queries.ts'
import { Refusal } from '#platform/refusal.ts'
import { viewFindingGroups } from '#risk/index.ts'
import { permissionsOf } from '#roles.ts'
import {
  deleteDigest,
  findDigest,
  findOccurrences,
  findPerson,
  findReaders,
  holdReader,
  moveDigest,
  putDigest,
  type Reader,
  releaseReader,
  type Upto,
} from './digest.queries.ts'
import { isAddress, lastStroke, linesOf, type ToldKind, toldKinds } from './digest.ts'
import { write } from './mail.ts'
import { type Mailing, sendMail } from './mailer.operations.ts'

async function mustBePerson(scoped: Scoped) {
  const { actor } = scoped.scope
  const person = actor.kind === 'user' ? await findPerson(scoped, actor.id) : undefined
  if (!person) throw new Refusal('auth/person-needed')
  return { ...person, mail: isAddress(person.login) ? person.login : null }
}

/** Which mails the caller gets. */
export const getDigest = (store: Store, scope: Scope, mailing: Mailing | undefined) =>
  withScope(store, scope, async (scoped) => {
    const { id, mail } = await mustBePerson(scoped)
    return { mail, canSend: mailing !== undefined, digest: (await findDigest(scoped, id)) ?? null }
  })

/** Chooses which mails the caller gets; nobody chooses for somebody else. */
export const setDigest = (
  store: Store,
  clock: Clock,
  scope: Scope,
  mailing: Mailing | undefined,
  wanted: { readonly hour: number; readonly urgent: boolean } | null,
) =>
  withScope(store, scope, async (scoped) => {
    const { id, mail } = await mustBePerson(scoped)
    if (wanted && !mailing) throw new Refusal('integrations/no-mail')
    if (wanted && mail === null) throw new Refusal('integrations/no-address')
    if (wanted) await putDigest(scoped, id, wanted, clock.now())
    else await deleteDigest(scoped, id)
    const detail = { hour: wanted?.hour ?? null, urgent: wanted?.urgent ?? false }
    await emit(scoped, clock, { kind: 'digest.changed', subject: id, detail })
    return { mail, canSend: mailing !== undefined, digest: (await findDigest(scoped, id)) ?? null }
  })

/** Until when nobody else tells a reader whom one has in hand, in milliseconds: longer than two mails can take. */
const holdMs = 10 * 60_000

interface Parts {
  readonly store: Store
  readonly clock: Clock
  readonly mailing: Mailing
}

/** What a reader may be told of: the record belongs to whoever sees all sites. */
function kindsFor({ roles, site_ids }: Reader, onlyUrgent: boolean): readonly ToldKind[] {
  const may = permissionsOf(roles)
  const kinds = Object.keys(toldKinds) as ToldKind[]
  return site_ids === null
    ? kinds.filter((kind) => may.has(toldKinds[kind].may) && (toldKinds[kind].urgent || !onlyUrgent))
    : []
}

/** The scope in which a reader is told: the server acts, and sees what they would. */
const scopeOf = (scope: Scope, { site_ids }: Reader): Scope => ({ ...scope, sites: site_ids ?? 'all' })

const because = (reader: Reader, urgent: boolean): string =>
  urgent
    ? `You get this at once because you chose so, and as ${reader.roles.join(', ')} you may see it.`
    : `You get this once a day because you chose so, for what you may see as ${reader.roles.join(', ')}.`

/** Tells one reader what is new, if anything is, and remembers up to where. A mail that cannot be sent is tried again. */
async function tell(
  parts: Parts,
  scope: Scope,
  reader: Reader,
  how: { readonly told: Date } | 'urgent',
): Promise<void> {
  const { store, clock, mailing } = parts
  const isUrgent = how === 'urgent'
  const from = isUrgent ? { epoch: reader.urgent_epoch, xid: reader.urgent_xid } : reader
  const { upto, lines } = await withScope(store, scopeOf(scope, reader), async (scoped) => {
    const upto: Upto = (await currentMoment(scoped)).from
    const { occurrences, more } = await findOccurrences(scoped, kindsFor(reader, isUrgent), from, upto)
    const due = isUrgent || !permissionsOf(reader.roles).has('risk:read') ? [] : await viewFindingGroups(scoped, 50)
    return { upto, lines: linesOf(occurrences, due, clock.now(), more) }
  })
  if (lines.length > 0 && isAddress(reader.login)) {
    const mail = write({ lines, name: reader.name, because: because(reader, isUrgent), console: mailing.console })
    // Told again from the same place it is the same mail, whatever happened since.
    const id = `${reader.id}.${isUrgent ? 'urgent' : 'daily'}.${from.epoch}.${from.xid}`
    await sendMail(mailing, reader.login, id, mail)
  }
  await withScope(store, scope, (scoped) => moveDigest(scoped, reader, upto, how))
}

/** Tells one reader what their time has come for, unless another worker does so at this moment. */
async function tellOne(parts: Parts, scope: Scope, id: string): Promise<void> {
  const { store, clock } = parts
  const now = clock.now()
  const until = new Date(now.getTime() + holdMs)
  const reader = await withScope(store, scope, (scoped) => holdReader(scoped, id, now, until))
  if (!reader) return
  const stroke = lastStroke(reader.hour, now)
  try {
    if (reader.urgent) await tell(parts, scope, reader, 'urgent')
    if (reader.told_at < stroke) await tell(parts, scope, reader, { told: stroke })
  } finally {
    await withScope(store, scope, (scoped) => releaseReader(scoped, reader))
  }
}

/** Sends the mails whose time has come; one reader whose mail fails does not keep the others from theirs. */
export async function sendDigests(parts: Parts, scope: Scope): Promise<void> {
  const failed: unknown[] = []
  for (const id of await withScope(parts.store, scope, findReaders))
    await tellOne(parts, scope, id).catch((error: unknown) => failed.push(error))
  if (failed.length > 0) throw new AggregateError(failed, 'Some mails could not be sent')
}
