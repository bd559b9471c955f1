import type { Line } from './digest.ts'

/** A mail as people read it. */
export interface Mail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

interface Given {
  readonly lines: readonly Line[]
  readonly name: string
  /** Why this person gets it. */
  readonly because: string
  /** The address of the console. */
  readonly console: URL
}

const escaped = (text: string): string => text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`)

const mute = 'To get no more of these: Settings, Notices, Your digest'

/** Writes a mail: of each cause what happened, by when something is to be done, and one link; why, and how to mute. */
export function write({ lines, name, because, console }: Given): Mail {
  const link = (path: string) => new URL(path, console).href
  const [first] = lines
  const more = lines.length === 1 ? '' : ` (and ${lines.length - 1} more)`
  const muteAt = link('/settings?tab=notices')
  const text = [
    `${name},`,
    ...lines.map(({ what, byWhen, path }) => [what, byWhen, link(path)].filter(Boolean).join('\n')),
    `${because}\n${mute}: ${muteAt}`,
  ].join('\n\n')
  const items = lines.map(
    ({ what, byWhen, path }) =>
      `<li><p>${escaped(what)} ${escaped(byWhen)}<br><a href="${escaped(link(path))}">${escaped(link(path))}</a></p></li>`,
  )
  const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>Suture</title><body><p>${escaped(name)},</p><ul>${items.join('')}</ul><p>${escaped(because)}<br>${mute}: <a href="${escaped(muteAt)}">${escaped(muteAt)}</a></p></body></html>`
  return { subject: `Suture: ${(first?.what ?? '').slice(0, 150)}${more}`, text, html }
}
