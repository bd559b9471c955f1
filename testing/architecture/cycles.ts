import type { Arrow } from './resolve.ts'

/** The circles among files, each as the files on the way round; empty when imports only ever lead downwards. */
export function circles(arrows: readonly Arrow[]): readonly (readonly string[])[] {
  const out = new Map<string, string[]>()
  for (const { from, target } of arrows) {
    if (target.kind !== 'file') continue
    const to = out.get(from.path) ?? []
    if (!to.includes(target.path)) to.push(target.path)
    out.set(from.path, to)
  }
  const found: string[][] = []
  const finished = new Set<string>()
  const way: string[] = []
  const visit = (path: string): void => {
    const met = way.indexOf(path)
    if (met >= 0) found.push(way.slice(met))
    if (met >= 0 || finished.has(path)) return
    way.push(path)
    for (const next of out.get(path) ?? []) visit(next)
    way.pop()
    finished.add(path)
  }
  for (const path of out.keys()) visit(path)
  return found
}
